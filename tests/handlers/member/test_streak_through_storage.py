"""No sequence of check-ins, late entries, leave, holidays and restarts makes the streak wrong."""

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlmodel import Session, select

from handlers.member.streak import streak_of
from handlers.messages import Incoming
from handlers.policy import Policy
from handlers.references import write_day
from handlers.routes import router
from handlers.texts import Speaker
from handlers.turn import Turn
from handlers.workdays import Span
from storage.database import Database
from storage.keys import Keys
from storage.queries.pledge import OUTCOMES
from storage.tables import Leave, Person
from tests.conftest import SECRET
from tests.databases import migrated
from tests.everything import often
from tests.handlers.member.members import ZONE, link
from tests.handlers.member.naive import START, naive
from tests.people import furnish

POLICY = Policy(
    days_off=frozenset({START + timedelta(days=9)}),
    working_days=frozenset({START + timedelta(days=12)}),  # a swapped Saturday
)
ROUTER = router()


class Life(RuleBasedStateMachine):
    """Lan's days, lived through the bot's own actions on a database that is opened again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="streak")
        self.url = f"sqlite:///{Path(self.folder.name) / 'life.sqlite'}"
        migrated(self.url)
        self.database = Database(self.url, Keys(SECRET))
        self.now = datetime.combine(START, datetime.min.time(), ZONE) + timedelta(hours=9)
        self.database.run_now(lambda s: furnish(s, self.now))
        self.person = self.database.run_now(lambda s: link(s, "P1", "lan"))
        self.checked: set[date] = set()
        self.off: list[Span] = []

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    def does(self, action: str) -> None:
        """One tap, in one transaction, as dispatch would do it."""

        def work(session: Session) -> None:
            incoming = Incoming("telegram", "lan", "lan", "", action=action)
            turn = Turn(incoming, session, self.now, POLICY, Speaker("en", citizen=""))
            matched = ROUTER.match(action)
            assert matched is not None
            assert matched.route.may(turn)
            assert matched(turn)

        self.database.run_now(work)

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(ago=st.integers(-1, 4), outcome=st.sampled_from(OUTCOMES), code=st.sampled_from(["cv1", "nd1"]))  # fmt: skip
    def logs(self, ago: int, outcome: str, code: str) -> None:
        day = self.now.date() - timedelta(days=ago)
        self.does(f"pledge/{write_day(day)}/{code}/1")
        self.does(f"checkin/{write_day(day)}/{code}/{outcome}")
        if ago == 0 or (ago == 1 and self.now.hour < 12):
            self.checked.add(day)

    @rule(ago=st.integers(0, 1))
    def only_pledges(self, ago: int) -> None:
        self.does(f"pledge/{write_day(self.now.date() - timedelta(days=ago))}/cm1/1")

    @rule(start=st.integers(-6, 8), length=st.integers(0, 5), kind=st.sampled_from(["leave", "trip"]))  # fmt: skip
    def is_away(self, start: int, length: int, kind: str) -> None:
        first = self.now.date() + timedelta(days=start)
        span = Span(first, first + timedelta(days=length))
        self.does(f"daysoff/{kind}/{write_day(span.first)}/{write_day(span.last)}")
        self.off.append(span)

    @precondition(lambda self: self.off)
    @rule(which=st.integers(0, 50))
    def comes_back(self, which: int) -> None:
        span = self.off[which % len(self.off)]

        def same(session: Session) -> list[int]:
            rows = session.exec(select(Leave).where(Leave.first == span.first))
            return [each.id or 0 for each in rows if each.last == span.last]

        for leave in self.database.run_now(same):
            self.does(f"daysoffgone/{leave}")
        self.off = [each for each in self.off if each != span]

    @rule()
    def restarts(self) -> None:
        self.database.close()
        self.database = Database(self.url, Keys(SECRET))

    @invariant()
    def the_streak_is_right(self) -> None:
        def work(session: Session) -> int:
            assert session.get_one(Person, self.person)
            return streak_of(session, self.person, self.now, POLICY)

        expected = naive(self.checked, self.off, self.now, POLICY)
        assert self.database.run_now(work) == expected


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=often(10, 25),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
