"""Who may read which secret and change which row: the rule that every route is held against."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.handlers.access.organisation import PARENTS, Organisation, Secret

Row = Mapping[str, Any]

ANYBODY = frozenset(
    # What any update may touch: what lives for minutes, claimed work, the key and counters of a day.
    {"attempt", "chat", "claim", "day_key", "meta", "outbox", "seen", "tally"}
)
# Never changed in a chat; what stands for the messengers themselves is the program's alone.
OF_MESSENGERS = frozenset({"monthly_count", "oa_token", "shared_file", "shut_door"})
OF_THE_PAST = frozenset({"week_count", "week_reason"})  # what erasing old ratings leaves
NOBODY = OF_MESSENGERS | OF_THE_PAST | {"axis", "item", "desk", "unit", "unit_past"}
OWN = frozenset({"day_note", "digest_preference", "leave", "own_score", "pledge", "preference"})
OF_A_UNIT = frozenset({"answer", "digest_sent", "invite", "join_request", "role_offer"})
OF_A_TREE = frozenset({"improvement", "membership", "membership_past", "report"})
OF_A_PERSON = frozenset({"disputed_day", "duty", "link", "person"})
ALSO = frozenset({"audit", "rating", "unit_setting"})
TABLES = ANYBODY | NOBODY | OWN | OF_A_UNIT | OF_A_TREE | OF_A_PERSON | ALSO


@dataclass
class Rights:
    """What one person may do. `invited`: units a token or an offer of their own lets them into.

    `led` are the units they lead, `below` these and all under them, `own` those of any role,
    `above` the units over those.
    """

    person: str
    led: set[str]
    own: set[str]
    made: Organisation
    invited: set[str] = field(default_factory=set)

    @property
    def below(self) -> set[str]:
        """The units this person looks after."""
        return {unit for unit in PARENTS if self.led & {unit, *over(unit)}}

    @property
    def above(self) -> set[str]:
        """The units over those they stand in."""
        return {up for unit in self.own | self.invited for up in over(unit)}

    @property
    def _where_theirs_stand(self) -> set[str]:
        """A secretary may know where else a member of theirs has a role."""
        return {"C3"} if "C1" in self.below else set()

    def may_read(self, secret: Secret, *, public: bool) -> bool:
        """Whether this person may read it; `public`: on a page that is open to everybody."""
        known = self.own | self.below | self.invited
        match secret.kind:
            case "unit":
                return public or secret.unit in known | self.above | self._where_theirs_stand
            case "name":
                return self._may_name(secret, public=public)
            case "comment":
                return secret.unit in self.led
            case "note":
                return secret.person == self.person or secret.unit in self.led
            case "draft":  # until it goes up
                return secret.unit in self.led | (self.invited & self.below)
            case "approved" | "audit" | "signer":
                return secret.unit in self.below
        return False

    def _may_name(self, secret: Secret, *, public: bool) -> bool:
        if secret.person == self.person or secret.unit in self.below | self.invited:
            return True
        if public and secret.person[-1] in "MN":  # on duty today: citizens are asked who served
            return True
        if secret.person == "TWO" and "C1" in self.below | self.invited:
            return True
        return secret.person.endswith("S") and secret.unit in self.own | self.above

    def may_change(self, table: str, before: Row | None, after: Row | None) -> bool:
        """Whether this person may have made one row of that. None: it was not, is not there."""
        if table in ANYBODY:
            return True
        if table == "rating":  # anybody rates any desk, and goes on with what is their own
            return (
                before is None
                or before["id"] in self.made.rated.get(self.person, ())
                or (self._code(before["unit_id"]) in self.led)
            )
        if table == "person" and before is None:  # somebody new; their place is looked at too
            return bool(self.led)
        rows = [row for row in (before, after) if row is not None]
        return all(self._may_touch(table, row) for row in rows)

    def _may_touch(self, table: str, row: Row) -> bool:
        if table in OWN:
            return self._is_self(row)
        unit = self._unit_of(table, row)
        if table in OF_A_UNIT:
            if table == "invite" and unit in self.own and self._is_self(row):
                return True  # to one more chat of one's own
            return unit in self.led | self.invited or (
                table in {"invite", "join_request", "role_offer"} and unit in self.below
            )
        if table == "unit_setting":
            return unit in self.led
        if table in OF_A_TREE:
            return unit in self.below | self.invited or self._is_self(row)
        if table == "audit":
            return unit is None or unit in self.below | self.own | self.invited
        if table in OF_A_PERSON:
            person = row["id"] if table == "person" else row["person_id"]
            return self._is_self(row, person) or bool(
                units_of(self.made, person) & (self.below | self.invited)
            )
        return False

    def _is_self(self, row: Row, person: int | None = None) -> bool:
        mine = self.made.people.get(self.person)
        return mine is not None and mine in {person, row.get("person_id"), row.get("successor_id")}

    def _unit_of(self, table: str, row: Row) -> str | None:
        if table == "answer":
            return str(row["rating_id"]).split("-")[0]
        return self._code(row.get("unit_id"))

    def _code(self, unit_id: int | None) -> str | None:
        return next((code for code, id_ in self.made.units.items() if id_ == unit_id), None)


def over(unit: str) -> list[str]:
    """The units above one."""
    parent = PARENTS[unit]
    return [] if parent is None else [parent, *over(parent)]


def units_of(made: Organisation, person: int) -> set[str]:
    """Where a person stood when everything was stored."""
    code = next((code for code, id_ in made.people.items() if id_ == person), "")
    return {"C3", "C1"} if code == "TWO" else {"C1"} if code == "OUT" else {code[:-1]} - {""}


def rights_of(person: str, made: Organisation) -> Rights:
    """The rights of a person by code, "" for a citizen."""
    if person in {"", "OUT"}:
        return Rights(person, set(), set(), made)
    if person in made.secrets:  # a chat that asks to be let into a unit, and has no name yet
        return Rights("", set(), set(), made, {made.secrets[person].unit})
    if person == "TWO":
        return Rights(person, {"C3"}, {"C1", "C3"}, made)
    unit = person[:-1]
    return Rights(person, {unit} if person.endswith("S") else set(), {unit}, made)


def unknown_tables(tables: Collection[str]) -> set[str]:
    """Tables that no rule here names."""
    return set(tables) - TABLES
