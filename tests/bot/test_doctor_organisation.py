"""The doctor finds an audit log that was tampered with, and a past that contradicts itself."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session

from bot.config import Settings
from bot.doctor import Finding
from storage.database import Database
from storage.queries.audit import record
from storage.tables import Membership, MembershipPast, Person, Unit, UnitPast
from tests.bot.test_doctor import SECRET, _in_a_folder_of_its_own, examined, only, sound_database

__all__ = ["_in_a_folder_of_its_own"]

DAY, NEXT = date(2025, 6, 30), date(2025, 7, 1)
Change = Callable[[Session], None]


def furnish(session: Session, **of_the_unit: object) -> None:
    """TD over C1, with Lan in it."""
    top = Unit(code="TD", name="TD", folded="td")
    session.add(top)
    session.flush()
    unit = Unit(code="C1", name="C1", folded="c1", parent_id=top.id, **of_the_unit)
    session.add(unit)
    session.add(Person(code="P1", full_name="Nguyễn Thị Lan"))
    session.flush()


def found(*changes: Change, **settings: dict[str, object]) -> list[Finding]:
    """What the doctor finds after these changes."""
    url = sound_database()
    database = Database(url, Settings.model_validate({"privacy": {"secret": SECRET}}).keys())
    for change in changes:
        database.run_now(change)
    database.close()
    return examined(database={"url": url}, **settings)


def member(since: date | None = None, until: date | None = None) -> Change:
    """Lan in C1, now (from a day on) or before (until one)."""

    def work(session: Session) -> None:
        if until is None:
            session.add(Membership(person_id=1, unit_id=2, role="member", since=since))
        else:
            session.add(
                MembershipPast(person_id=1, unit_id=2, role="member", since=since, until=until)
            )

    return work


def past(since: date | None, until: date) -> Change:
    """What C1 was."""
    return lambda session: session.add(UnitPast(unit_id=2, since=since, until=until, name="C"))


def entries(session: Session) -> None:
    for n in range(3):
        record(session, at=datetime(2026, 11, 16, tzinfo=UTC), action="test.it", details={"n": n})


def test_a_sound_organisation_is_said_to_be_sound() -> None:
    findings = found(
        lambda s: furnish(s, since=NEXT), past(None, DAY), member(NEXT), member(None, DAY), entries
    )
    assert only(findings, "The audit log is unbroken: 3 entries.").kind == "good"
    assert only(findings, "Units and roles agree with their past.").kind == "good"


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET action = 'nothing.done' WHERE id = 2",
        "UPDATE audit SET at = '2020-01-01 00:00:00' WHERE id = 2",
        "DELETE FROM audit WHERE id = 1",
    ],
)
def test_an_audit_log_that_was_changed_by_hand_is_found(tampering: str) -> None:
    found(entries)
    with closing(sqlite3.connect("var/bot.sqlite")) as file:
        triggers = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            file.execute(f"DROP TRIGGER {name}")
        file.execute(tampering)
        file.commit()
    broken = only(examined(database={"url": "sqlite:///var/bot.sqlite"}), "of the audit log")
    assert broken.kind == "bad"
    assert broken.text.startswith("Entry 2 ")
    assert "export audit" in broken.remedy


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        ("DELETE FROM audit WHERE id = 3", "ends before entry 3"),
        ("DELETE FROM audit", "ends before entry 1"),
    ],
)
def test_an_audit_log_whose_end_was_cut_off_is_found(tampering: str, words: str) -> None:
    found(entries)
    with closing(sqlite3.connect("var/bot.sqlite")) as file:
        file.execute("DROP TRIGGER audit_no_delete")
        file.execute(tampering)
        file.commit()
    findings = examined(database={"url": "sqlite:///var/bot.sqlite"})
    assert only(findings, words).kind == "bad"
    assert "audit_no_delete" in only(findings, "Nothing keeps the audit log").text


def test_a_unit_without_a_secretary_is_worth_a_thought() -> None:
    told = only(found(furnish, member()), "without a secretary: C1.")
    assert told.kind == "mind"


def test_a_secret_that_is_missing_is_named_as_a_cause() -> None:
    found(entries)
    other = {"secret": "quite another secret of this installation, really"}
    findings = examined(database={"url": "sqlite:///var/bot.sqlite"}, privacy=other)
    assert "privacy.old_secrets" in only(findings, "Entry 1 of the audit log").remedy


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([furnish, past(None, DAY)], "two things on one day: C1."),
        ([lambda s: furnish(s, since=DAY), past(None, DAY)], "two things on one day: C1."),
        (
            [lambda s: furnish(s, since=NEXT), past(None, DAY), past(DAY, DAY)],
            "two things on one day: C1.",
        ),
        ([furnish, member(), member(None, DAY)], "held one role twice on one day: P1."),
        ([furnish, member(DAY), member(None, DAY)], "held one role twice on one day: P1."),
        ([furnish, member(None, DAY), member(DAY, NEXT)], "held one role twice on one day: P1."),
        ([lambda s: furnish(s, until=DAY), member()], "a role in a closed unit: P1."),
        (
            [
                lambda s: furnish(s, pilot=True),
                lambda s: s.add(Unit(code="C2", name="C2", folded="c", parent_id=1, pilot=True)),
            ],
            "more than one pilot below them: TD.",
        ),
    ],
)
def test_what_contradicts_itself_is_named_with_its_cure(changes: list[Change], words: str) -> None:
    findings = found(*changes)
    wrong = only(findings, words)
    assert (wrong.kind, bool(wrong.remedy)) == ("bad", True)
    assert "agree with their past" not in "".join(each.text for each in findings)


def test_a_closed_pilot_and_a_unit_that_closes_later_are_no_trouble() -> None:
    findings = found(
        lambda s: furnish(s, pilot=True, until=date(2099, 1, 1)),
        member(),
        lambda s: s.add(Unit(code="C2", name="C2", folded="c", parent_id=1, pilot=True, until=DAY)),
    )
    assert only(findings, "Units and roles agree").kind == "good"
