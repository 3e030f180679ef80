"""Nobody reads or changes anything of a unit that is not theirs, through any action string.

Every route of the bot is tried by every kind of person with every row it could name, and by chance
with everything else. A new route is tried without a word here; a parameter or a table that is new
must be told to tests/handlers/access, and the first tests say so.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.references import Mine
from handlers.routes import CITIZEN, router
from handlers.routing import Route
from storage.database import Database
from storage.keys import Keys
from storage.tables import METADATA
from tests.conftest import SECRET
from tests.databases import migrated
from tests.everything import often
from tests.handlers.access.actions import Actions
from tests.handlers.access.organisation import TODAY, Organisation, actors, chat_of, furnish
from tests.handlers.access.rehearsal import Outcome, Rehearsal
from tests.handlers.access.rights import Rights, rights_of, units_of, unknown_tables

MOST_OF_A_ROUTE = often(2, 12)  # combinations a person tries one by one; the rest is left to chance
LEADERS = ("C1S", "AS", "TOPS", "C1M")
OPEN_TO_ALL = {route.pattern.path for route in CITIZEN}
TEXT = "An, 20/11 - 23/11"
SHUT = "This is not open to you."


@dataclass
class Doors:
    """Everything that is tried, and what is known of who may do what."""

    made: Organisation
    rehearsal: Rehearsal
    actions: Actions

    def rights(self, person: str, action: str) -> Rights:
        """The rights of a person while they do this: a token lets its bearer into a unit, an offer
        the member it was made to."""
        rights = rights_of(person, self.made)
        for token, unit in (self.made.tokens | self.actions.staff).items():
            if token in action:
                rights.invited.add(unit)
        for offer, (unit, successor) in self.made.offers.items():
            if successor == person and f"{action}/".startswith(f"{offer}/"):
                rights.invited.add(unit)
        return rights

    def wrong(self, person: str, action: str, outcome: Outcome) -> list[str]:
        """What this person got or did that is not theirs."""
        rights = self.rights(person, action)
        matched = router().match(action)
        public = matched is not None and matched.route.pattern.path in OPEN_TO_ALL
        found = [] if outcome.handled.reference is None else ["it failed"]
        found += self._read(outcome.said, rights, "reads", public=public)
        for address, content in outcome.sent:
            other = rights_of(address.removeprefix("chat-"), self.made)
            other.invited |= rights.invited | rights.led | self._moved(outcome)
            found += self._read(content, other, f"{address} is told", public=False)
        found += [
            f"changes {table}: {before} -> {after}"
            for table, before, after in outcome.changes
            if not rights.may_change(table, before, after)
        ]
        return [f"{person or 'a citizen'}, {action}: {each}" for each in found]

    def _moved(self, outcome: Outcome) -> set[str]:
        """The units somebody leaves and joins by this: both are told, and so is who moves."""
        rows = [row for table, *both in outcome.changes if table == "membership" for row in both]
        ids = {row["unit_id"] for row in rows if row is not None}
        return {code for code, id_ in self.made.units.items() if id_ in ids}

    def _read(self, said: str, rights: Rights, how: str, *, public: bool) -> list[str]:
        if "Zq" not in said:
            return []
        return [
            f"{how} {secret.kind} of {secret.unit} {secret.person}: {secret.text}"
            for secret in self.made.secrets.values()
            if secret.text in said and not rights.may_read(secret, public=public)
        ]

    async def every(
        self, person: str, route: Route, most: int, chance: random.Random
    ) -> AsyncIterator[tuple[str, Outcome]]:
        """What comes of a person's trying a route with every row, or `most` of them; with one alone
        where the route is shut to them, whatever it names."""
        for action in self.actions.exhaustively(route, most, chance):
            outcome = await self.rehearsal.tries(person, action, TEXT)
            yield action, outcome
            if outcome.handled.refused and SHUT in outcome.said:
                return


@pytest.fixture(autouse=True)
def _refusals_are_not_told() -> None:
    """Thousands of them, and nobody reads the log."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    file = tmp_path_factory.mktemp("access") / "access.sqlite"
    database = Database(migrated(f"sqlite:///{file}"), Keys(SECRET))
    made = furnish(database)
    rehearsal = Rehearsal(database)
    doors = Doors(made, rehearsal, Actions(router(), made, database.keys))
    asyncio.run(_live(doors))
    asyncio.run(_look_around(doors))
    yield doors
    rehearsal.close()
    database.close()


async def _live(doors: Doors) -> None:
    """What only the bot's own actions can make: ratings of one's own, approved reports."""
    for person in actors():
        for desk in ("QC11", "QC31"):
            of = Mine(desk, TODAY, 1)
            outcome = await doors.rehearsal.tries(person, f"rate/{of}/4", keep=True)
            ids = {str(row["id"]) for table, _, row in outcome.changes if table == "rating" and row}
            doors.made.rated.setdefault(person, set()).update(ids)
    for unit in ("C1", "C3", "A"):
        at = f"report/{doors.made.units[unit]}/2026-09"
        words = doors.made.secret("approved", unit)
        await doors.rehearsal.tries(f"{unit}S", f"{at}/text/0/put", words, keep=True)
        asked = await doors.rehearsal.tries(f"{unit}S", f"{at}/approve")
        yes = next(
            choice.action
            for reply in asked.handled.replies
            for choice in reply.choices()
            if choice.action.startswith(f"{at}/approve/")
        )
        await doors.rehearsal.tries(f"{unit}S", yes, keep=True)


async def _look_around(doors: Doors) -> None:
    """Open what is one's own, and learn the words that stand on its buttons."""
    for person in LEADERS:
        for route in router().routes:
            async for _, outcome in doors.every(person, route, often(2, 4), random.Random(person)):
                shown = [
                    choice.action for reply in outcome.handled.replies for choice in reply.choices()
                ]
                doors.actions.learn(filter(None, shown))


def test_what_every_parameter_stands_for_is_known(doors: Doors) -> None:
    unknown = doors.actions.unknown()
    assert not unknown, f"tell tests/handlers/access/actions.py what to try for {sorted(unknown)}"


def test_whose_every_row_is_is_known() -> None:
    unknown = unknown_tables(METADATA.tables)
    assert not unknown, f"tell tests/handlers/access/rights.py whose rows are in {sorted(unknown)}"


def test_the_organisation_has_something_of_every_kind_to_find(doors: Doors) -> None:
    for kind in (
        "unit",
        "name",
        "comment",
        "note",
        "draft",
        "approved",
        "signer",
        "audit",
        "never",
    ):
        assert {each.unit for each in doors.made.secrets.values() if each.kind == kind} >= {
            "C1",
            "C3",
        }


async def test_everybody_finds_their_own(doors: Doors) -> None:
    """The other tests would hold of a bot that says nothing."""
    said = [
        (await doors.rehearsal.tries("C1S", action)).said
        for action in (
            f"comments/{doors.made.units['C1']}/2026-W47/0",
            f"notes/{doors.made.units['C1']}/2026-W47/0",
            f"members/{doors.made.units['C1']}/0",
            f"report/{doors.made.units['C1']}/2026-10/text/0",
        )
    ]
    kinds = ("comment", "note", "name", "draft")
    for kind, text in zip(kinds, said, strict=True):
        assert any(
            secret.text in text
            for secret in doors.made.secrets.values()
            if secret.kind == kind and secret.unit == "C1"
        ), kind


async def test_no_row_that_an_action_names_opens_another_units_door(doors: Doors) -> None:
    chance, wrong = random.Random(7), list[str]()
    for route in router().routes:
        for person in actors():
            async for action, outcome in doors.every(person, route, MOST_OF_A_ROUTE, chance):
                wrong += doors.wrong(person, action, outcome)
    assert not wrong, "\n".join(wrong)


async def test_nobody_else_may_press_a_button_that_somebody_was_shown(doors: Doors) -> None:
    chance, wrong = random.Random(11), list[str]()
    for action in chance.sample(sorted(doors.actions.seen), often(150, 600)):
        for person in chance.sample([*actors()], 2):
            wrong += doors.wrong(person, action, await doors.rehearsal.tries(person, action, TEXT))
    assert not wrong, "\n".join(wrong)


@settings(max_examples=often(60, 300))
@given(
    person=st.sampled_from([*actors()]),
    route=st.sampled_from(router().routes),
    seed=st.integers(0, 2**32),
    text=st.sampled_from([None, "", TEXT, "5", "25", "BC/ĐTN", "Zq", "x" * 300]),
)
def test_no_action_by_chance_does_either(
    doors: Doors, person: str, route: Route, seed: int, text: str | None
) -> None:
    action = doors.actions.any_of(route, random.Random(seed))
    outcome = asyncio.run(doors.rehearsal.tries(person, action, text))
    assert not doors.wrong(person, action, outcome)


def test_the_rule_itself_knows_whose_a_person_is(doors: Doors) -> None:
    assert units_of(doors.made, doors.made.people["C1M"]) == {"C1"}
    assert rights_of("AS", doors.made).below == {"A", "C1", "C2", "C4"}
    assert chat_of("C1M") == "chat-C1M"
