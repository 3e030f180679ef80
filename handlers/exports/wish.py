"""Which part of a table is wanted."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session

from handlers.errors import Refused
from handlers.policy import Policy
from handlers.texts import Speech
from storage.queries.export import unit_id, units_below
from storage.queries.export_roster import Days


@dataclass(frozen=True)
class Wish:
    """Days from `since` to `until`, both included; a unit by its code with those below it (as the
    tree stood on `until`)."""

    since: date | None = None
    until: date | None = None
    unit: str | None = None
    policy: Policy = field(default_factory=Policy)

    @property
    def days(self) -> Days | None:
        """The days, None if none are named: then what is there now is wanted."""
        return Days(self.since, self.until) if self.since or self.until else None

    @property
    def first(self) -> datetime | None:
        """The moment the days begin."""
        return None if self.since is None else self._midnight(self.since)

    @property
    def after(self) -> datetime | None:
        """The first moment after them."""
        return None if self.until is None else self._midnight(self.until + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.policy.timezone).astimezone(UTC)


def wanted_units(session: Session, wish: Wish, say: Speech) -> set[int] | None:
    """The ids of the wanted unit and those below it, None if all are; Refused if there is no such
    unit."""
    if wish.unit is None:
        return None
    found = unit_id(session, wish.unit)
    if found is None:
        raise Refused(say("There is no unit {code}.", code=wish.unit), "no such unit")
    return units_below(session, found, wish.since, wish.until)


def lost_secret(say: Speech) -> Refused:
    """Something sealed cannot be opened."""
    return Refused(
        say(
            "Something was sealed under a secret that is no longer configured."
            " Put that secret into [privacy] old_secrets."
        ),
        "sealed under an unknown secret",
    )
