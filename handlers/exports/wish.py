"""Which part of a table is wanted."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from handlers.errors import Refused
from handlers.texts import Speech
from storage.queries.export import unit_id


@dataclass(frozen=True)
class Wish:
    """Days from `since` to `until`, both included; a unit by its code with those below it."""

    since: date | None = None
    until: date | None = None
    unit: str | None = None


def wanted_unit(session: Session, code: str | None, say: Speech) -> int | None:
    """The id of the wanted unit, None if all are; Refused if there is no such unit."""
    if code is None:
        return None
    found = unit_id(session, code)
    if found is None:
        raise Refused(say("There is no unit {code}.", code=code), "no such unit")
    return found


def lost_secret(say: Speech) -> Refused:
    """Something sealed cannot be opened."""
    return Refused(
        say(
            "Something was sealed under a secret that is no longer configured."
            " Put that secret into [privacy] old_secrets."
        ),
        "sealed under an unknown secret",
    )
