"""What the doctor wants to know of the roster."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from storage.tables import Desk, Duty, Person, Unit


@dataclass(frozen=True)
class Roster:
    """How much was imported; `unserved` are desks at which nobody was ever on duty."""

    units: int
    people: int
    desks: int
    unserved: tuple[str, ...]


def look_at_roster(session: Session) -> Roster:
    """Count the roster and find the desks without any duty."""

    def count(table: type[Unit | Person | Desk]) -> int:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())

    served = select(col(Duty.desk_id))
    unserved = select(col(Desk.code)).where(col(Desk.id).not_in(served)).order_by(col(Desk.code))
    codes = tuple(session.execute(unserved).scalars())
    return Roster(count(Unit), count(Person), count(Desk), codes)
