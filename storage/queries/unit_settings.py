"""What a unit decided for itself, filled up from the units above it."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from storage.queries.traffic import insert_new
from storage.queries.tree import ancestors
from storage.tables import UnitSetting

NAMES = ("cut_off", "symbol", "place", "signer_title", "signer_name", "recipients", "saturday")
OWN_ONLY = frozenset({"signer_name"})  # a person's name is never taken over from the unit above


@dataclass(frozen=True)
class Settings:
    """The settings in force; None where neither the unit nor one above it says anything."""

    cut_off: int | None = None
    symbol: str | None = None
    place: str | None = None
    signer_title: str | None = None
    signer_name: str | None = None
    recipients: str | None = None
    saturday: bool | None = None


def own_settings(session: Session, unit_id: int) -> Settings:
    """What the unit itself decided."""
    row = session.get(UnitSetting, unit_id)
    return Settings() if row is None else Settings(**{name: getattr(row, name) for name in NAMES})


def settings_of(session: Session, unit_id: int) -> Settings:
    """What holds for the unit: its own word, else that of the nearest unit above it."""
    up = ancestors(session, unit_id)
    found = session.exec(select(UnitSetting).where(col(UnitSetting.unit_id).in_(up))).all()
    rows = {row.unit_id: row for row in found}
    return Settings(**{name: _nearest(rows, up, name) for name in NAMES})


def _nearest(rows: dict[int, UnitSetting], up: list[int], name: str) -> Any:
    for unit in up[:1] if name in OWN_ONLY else up:
        value = getattr(rows[unit], name) if unit in rows else None
        if value is not None:
            return value
    return None


def change_setting(session: Session, unit_id: int, name: str, value: Any) -> None:
    """Decide one setting; None takes it back, so that the unit above decides again."""
    if name not in NAMES:
        raise ValueError(f"no setting of a unit: {name}")
    insert_new(session, UnitSetting, {"unit_id": unit_id, **dict.fromkeys(NAMES)})
    row = session.get_one(UnitSetting, unit_id, with_for_update=True)
    setattr(row, name, value)
    session.flush()
