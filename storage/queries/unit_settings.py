"""What a unit decided for itself, filled up from the units above it."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from storage.queries.traffic import insert_new
from storage.queries.tree import ancestors
from storage.tables import UnitSetting

NAMES = ("cut_off", "symbol", "place", "signer_title", "signer_name", "recipients", "saturday")
OWN_ONLY = frozenset({"signer_name"})  # a person's name is never taken over from the unit above
MONTH_END = 31
"""A cut-off day of its own: the month's last day, where a unit above decided for another."""


@dataclass(frozen=True)
class Held:
    """One setting in force, and the unit that decided it; both None where nobody did."""

    value: Any = None
    unit_id: int | None = None


@dataclass(frozen=True)
class Settings:
    """The settings in force; None where neither the unit nor one above it says anything.

    `cut_off` None is the month's last day, whoever decided it.
    """

    cut_off: int | None = None
    symbol: str | None = None
    place: str | None = None
    signer_title: str | None = None
    signer_name: str | None = None
    recipients: str | None = None
    saturday: bool | None = None


def own_settings(session: Session, unit_id: int) -> Settings:
    """What the unit itself decided; `cut_off` as it is stored (MONTH_END)."""
    row = session.get(UnitSetting, unit_id)
    return Settings() if row is None else Settings(**{name: getattr(row, name) for name in NAMES})


def in_force(session: Session, unit_id: int) -> dict[str, Held]:
    """What holds for the unit by the setting's name: its own word, else that of the nearest unit
    above it, and whose word it is."""
    up = ancestors(session, unit_id)
    found = session.exec(select(UnitSetting).where(col(UnitSetting.unit_id).in_(up))).all()
    rows = {row.unit_id: row for row in found}
    return {name: _nearest(rows, up, name) for name in NAMES}


def settings_of(session: Session, unit_id: int) -> Settings:
    """The values that hold for the unit."""
    values = {name: held.value for name, held in in_force(session, unit_id).items()}
    if values["cut_off"] == MONTH_END:
        values["cut_off"] = None
    return Settings(**values)


def _nearest(rows: dict[int, UnitSetting], up: list[int], name: str) -> Held:
    for unit in up[:1] if name in OWN_ONLY else up:
        value = getattr(rows[unit], name) if unit in rows else None
        if value is not None:
            return Held(value, unit)
    return Held()


def change_setting(session: Session, unit_id: int, name: str, value: Any) -> Any:
    """Decide one setting; None takes it back, so that the unit above decides again. Returns what
    the unit itself had decided before."""
    if name not in NAMES:
        raise ValueError(f"no setting of a unit: {name}")
    insert_new(session, UnitSetting, {"unit_id": unit_id, **dict.fromkeys(NAMES)})
    row = session.get_one(UnitSetting, unit_id, with_for_update=True)
    before = getattr(row, name)
    setattr(row, name, value)
    session.flush()
    return before
