"""A simulated year of 53 weeks; killed three times, down for ten days.

6 units and 60 members in every run of the tests, 12 and 400 with EVERYTHING=1, 75 and 4,000 with
FULL_YEAR=1.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from handlers.workdays import is_working_day
from tests.everything import often
from tests.simulation.plan import (
    DOWN,
    FIRST,
    LAST,
    POLICY,
    SEED,
    Plan,
    Size,
    naive_streak,
    worked,
)
from tests.simulation.year import Journal, sent_digests

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
FULL = Size(
    units=75, paired=5, shared=(10, 11, 12), members=4000, acting=1000, reminded=400,
    everybody=(10, 24, 38, 47), everybody_days=5,
)  # fmt: skip
PATIENCE_S = 4 * 3600 if os.environ.get("FULL_YEAR") else 300


# Coverage would take half as long again and learn nothing that the other tests do not show.
_UNMEASURED = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}


class Life:
    """The process that lives the year, and may be killed."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder, self.plan = folder, plan
        self.errors = folder / "errors"

    def start(self) -> "subprocess.Popen[bytes]":
        size = json.dumps(asdict(self.plan.size))
        with self.errors.open("ab") as errors:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.simulation.year", str(self.folder), size],
                cwd=ROOT, env=_UNMEASURED, stdout=subprocess.DEVNULL, stderr=errors,
            )  # fmt: skip

    def lines(self, name: str) -> int:
        """How many lines a journal has: `done` one an event that is over, `sent` one a message."""
        file = self.folder / name
        return file.read_bytes().count(b"\n") if file.exists() else 0

    def kill_during(self, event: int, *, delay: float = 0.0, messages: int = 0) -> int:
        """kill -9 so many seconds or messages after an event began; the one it was killed in."""
        process, patience = self.start(), time.monotonic() + PATIENCE_S

        def wait_for(name: str, lines: int) -> None:
            while self.lines(name) < lines:
                assert process.poll() is None, self.errors.read_text(encoding="utf-8")
                assert time.monotonic() < patience
                time.sleep(0.002)

        wait_for("done", event)
        wait_for("sent", self.lines("sent") + messages)
        time.sleep(delay)
        process.kill()
        assert process.wait() == -9, self.errors.read_text(encoding="utf-8")
        return self.lines("done")

    def live_on(self) -> None:
        """To the end of the year."""
        assert self.start().wait(PATIENCE_S) == 0, self.errors.read_text(encoding="utf-8")


Lived = tuple[Life, list[int]]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """The whole year, killed while digests are sent, while members pledge, and while work is claimed;
    and which events those were."""
    plan = Plan(FULL if os.environ.get("FULL_YEAR") else Size())
    life, chance = Life(tmp_path_factory.mktemp("year"), plan), random.Random(SEED)
    events = plan.events
    mondays = [e for e in events if e.at.weekday() == 0 and f"{e.at:%H:%M}" == "08:00"]
    pledging = [e for e in events[600:900] if e.kind == "pledge"]
    later = [e for e in mondays[30:50] if worked(e.at.date())]
    sending, storing, claiming = (
        chance.choice(some).number for some in (mondays[5:20], pledging, later)
    )
    started = time.monotonic()
    killed = [
        life.kill_during(sending, messages=chance.randrange(*often((3, 8), (10, 60)))),
        life.kill_during(storing, delay=chance.uniform(0.0, 0.01)),
        life.kill_during(claiming, delay=chance.uniform(0.05, 0.2)),
    ]
    life.live_on()
    sent = Journal(life.folder / "sent").lines()
    print(
        f"\nyear: {len(plan.events)} events, {len(sent)} messages, "
        f"{sum(bool(line['digests']) for line in sent)} digests, {time.monotonic() - started:.0f} s"
    )
    return life, killed


def the_year_was_lived_to_its_end(lived: Lived) -> None:
    life, _ = lived
    assert life.lines("done") == len(life.plan.events)
    assert life.errors.read_text(encoding="utf-8").count("error") == 0


def each_secretary_gets_each_week_of_each_unit_exactly_once(
    lived: Lived,
) -> None:
    life, killed = lived
    expected = Counter(
        (person, unit, week)
        for person, unit in life.plan.secretaries
        for week in life.plan.digests(person)
    )
    found = Counter(sent_digests(life.folder))
    assert found.keys() == expected.keys()
    assert len(found) > life.plan.size.units * 50
    repeated = {key for key, times in found.items() if times > 1}
    # Only what was being sent at the kill may have been sent again, once.
    of_kill = {
        (line["to"], int(str(line["unit"])) - 1, line["week"])
        for line in Journal(life.folder / "sent").lines()
        if line["digests"] and line["event"] in killed
    }
    assert repeated <= of_kill
    assert set(found.values()) <= {1, 2}


def the_heading_stands_in_exactly_one_message_of_a_digest(
    lived: Lived,
) -> None:
    life, _ = lived
    assert {line["digests"] for line in Journal(life.folder / "sent").lines()} == {0, 1}


def nothing_is_sent_while_it_is_down(lived: Lived) -> None:
    life, _ = lived
    days = {str(line["at"])[:10] for line in Journal(life.folder / "sent").lines()}
    assert not [day for day in days if DOWN[0].isoformat() <= day <= DOWN[1].isoformat()]
    assert (DOWN[1] + timedelta(days=1)).isoformat() in days


def weeks_that_were_missed_are_named_in_the_digest_after_them_and_nowhere_else(
    lived: Lived,
) -> None:
    life, _ = lived
    named = {
        (line["to"], line["week"])
        for line in Journal(life.folder / "sent").lines()
        if line["digests"] and line["missed"]
    }
    plan = life.plan
    usual = {person for person, _ in plan.secretaries if plan.digest_at(person) is None}
    assert named == {(person, "2026-W28") for person in usual} | {(plan.blocker, "2026-W13")}


def members_are_asked_twice_on_their_working_days_and_never_else(
    lived: Lived,
) -> None:
    life, killed = lived
    plan = life.plan
    asked: dict[tuple[str, str], Counter[bool]] = {}
    repeatable = set(killed)
    for line in Journal(life.folder / "sent").lines():
        if line["digests"] or not str(line["to"]).startswith("M"):
            continue
        at = datetime.fromisoformat(str(line["at"]))
        counts = asked.setdefault((str(line["to"]), at.date().isoformat()), Counter())
        if line["event"] not in repeatable or not counts[at.hour < 12]:
            counts[at.hour < 12] += 1
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    for member in range(plan.size.reminded):
        for day in days:
            counts = asked.pop((f"M{member}", day.isoformat()), Counter())
            due = worked(day) and not plan.away(member, day) and not DOWN[0] <= day <= DOWN[1]
            assert counts[True] == due, (member, day)
            assert counts[False] <= due, (member, day)  # nothing to ask where all is said
    assert len(asked) == 0 or plan.size.everybody


def streaks_agree_with_counting_by_hand(lived: Lived) -> None:
    life, _ = lived
    told = Journal(life.folder / "streaks").lines()
    assert len({line["day"] for line in told}) > 55
    longest = 0
    for line in told:
        day, streaks = date.fromisoformat(str(line["day"])), line["streaks"]
        assert isinstance(streaks, list)
        by_hand = [naive_streak(life.plan, member, day) for member in range(len(streaks))]
        assert streaks == by_hand, day
        longest = max(longest, *by_hand)
    assert longest > 20


def test_the_reference_knows_the_same_working_days_as_the_program() -> None:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    assert [day for day in days if is_working_day(day, POLICY) != worked(day)] == []


PROMISES = (
    the_year_was_lived_to_its_end,
    each_secretary_gets_each_week_of_each_unit_exactly_once,
    the_heading_stands_in_exactly_one_message_of_a_digest,
    nothing_is_sent_while_it_is_down,
    weeks_that_were_missed_are_named_in_the_digest_after_them_and_nowhere_else,
    members_are_asked_twice_on_their_working_days_and_never_else,
    streaks_agree_with_counting_by_hand,
)


def test_a_year_keeps_every_promise(lived: Lived, subtests: pytest.Subtests) -> None:
    """One test, so that one worker lives the year once."""
    for promise in PROMISES:
        with subtests.test(promise.__name__):
            promise(lived)
