"""Who issues a report: what stands in the head and the foot of its document."""

from datetime import date

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from handlers.reports.figures import Figures
from handlers.texts import Speech
from storage.queries.unit_settings import settings_of
from storage.tables import Unit

SYMBOL = "BC/ĐTN"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Frame(_Frozen):
    """The issuing unit and the one above it ("" for none), and how its documents are signed."""

    code: str
    unit: str
    upper: str
    symbol: str
    place: str
    signer_title: str
    signer_name: str
    recipients: tuple[str, ...]


class Fixed(_Frozen):
    """What approving fixes beside the words, as it is stored."""

    frame: Frame
    figures: Figures


def frame_of(session: Session, unit_id: int, say: Speech) -> Frame:
    """What the unit decided, else what is usual."""
    unit = session.get_one(Unit, unit_id)
    above = None if unit.parent_id is None else session.get_one(Unit, unit.parent_id).name
    decided = settings_of(session, unit_id)
    lines = (decided.recipients or "").splitlines()
    return Frame(
        code=unit.code,
        unit=unit.name,
        upper=above or "",
        symbol=decided.symbol or SYMBOL,
        place=decided.place or "",
        signer_title=decided.signer_title or say("SECRETARY"),
        signer_name=decided.signer_name or "",
        recipients=tuple(each.strip() for each in lines if each.strip()) or _usual(above, say),
    )


def _usual(above: str | None, say: Speech) -> tuple[str, ...]:
    kept = say("- Kept: office.")
    if above is None:
        return (kept,)
    return (say("- {unit} (as a report);", unit=above), kept)


def place_and_date(frame: Frame, day: date | None, say: Speech) -> str:
    """ "Đà Nẵng, ngày 02 tháng 11 năm 2026"; the day stays open in a draft."""
    place = frame.place or "…………"
    if day is None:
        return say("{place}, on … (day) … (month) … (year)", place=place)
    return say(
        "{place}, on {day} (day) {month} (month) {year} (year)",
        place=place,
        day=f"{day.day:02d}",
        month=f"{day.month:02d}" if day.month < 3 else day.month,  # as NĐ 30/2020 writes them
        year=day.year,
    )
