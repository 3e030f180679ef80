"""Roster files taken into an organisation that is there: stored soundly as a whole, or not at all."""

import tempfile
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from handlers.roster import EndsMuch, RosterMistakes, import_roster, read_files
from handlers.texts import Speaker
from tests.fuzz.given import Given
from tests.fuzz.ground import ground
from tests.fuzz.watching import Finding, bounded
from tests.handlers.access.organisation import NOW

_UNITS = ("TOP", "A", "B", "C1", "C2", "C3", "C4", "N1", "N2", "")
_PEOPLE = ("C1S", "C1M", "C1N", "AS", "TOPS", "TWO", "OUT", "N9")
_DESKS = ("QC11", "QA1", "QC21", "QN1")
_DAYS = (
    "",
    "2026-11-01",
    "2026-11-23",
    "2026-12-31",
    "23/11/2026",
    "1900-01-01",
    "9999-12-31",
    "x",
)
_COLUMNS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "units": (
        ("code", _UNITS), ("name", ("Đơn vị", "Một", "")), ("kind", ("", "chi đoàn")), ("parent_code", _UNITS),
        ("pilot", ("", "yes", "no", "x")), ("from", _DAYS), ("to", _DAYS), ("merged_into", _UNITS),
    ),
    "people": (
        ("code", _PEOPLE), ("full_name", ("Lê An", "Zqname", "")), ("unit_code", _UNITS),
        ("role", ("member", "secretary", "-member", "-secretary", "x")), ("position", ("", "Bí thư")),
        ("email", ("", "a@example.vn", "a@")), ("from", _DAYS), ("to", _DAYS),
    ),
    "desks": (
        ("code", _DESKS), ("name", ("Quầy", "")), ("unit_code", _UNITS), ("multi_agency", ("", "yes")), ("to", _DAYS),
    ),
    "duties": (("desk_code", _DESKS), ("person_code", _PEOPLE), ("from", _DAYS), ("to", _DAYS)),
    "axes": (("code", ("cong_viec", "a1")), ("label_vi", ("Làm", "")), ("label_en", ("Do", ""))),
    "catalogue": (
        ("code", ("cv1", "x1")), ("axis", ("cong_viec", "a1")), ("label_vi", ("Làm",)), ("label_en", ("Do",)),
        ("reference", ("", "TT1")),
    ),
}  # fmt: skip
SEEDS = [
    bytes([number % 6, number % 4, *(number * step % 256 for step in range(60))])
    for number in range(36)
]


class _Undone(Exception):
    """Nothing of it is to stay."""


def run(data: bytes) -> None:
    """Take in some files; what they led to is looked at and undone."""
    given, here = Given(data), ground()
    say, zone = Speaker("vi"), ZoneInfo("Asia/Ho_Chi_Minh")
    on = given.pick((date(2026, 11, 23), date(2026, 11, 1), date(2026, 11, 22)))
    complete, may_end, dry = given.yes(60), not given.yes(60), given.yes(30)
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        paths = [_written(given, Path(folder), name) for name in _COLUMNS if given.yes(110)]
        roster = read_files(paths, say)

    def work(session: Session) -> None:
        import_roster(
            session,
            roster,
            zone,
            say,
            on=on,
            now=NOW,
            complete=complete,
            may_end=may_end,
            dry_run=dry,
        )
        session.flush()
        if here.database.is_sqlite and (
            wrong := session.execute(text("PRAGMA foreign_key_check")).all()
        ):
            raise Finding("a roster leaves rows without what they belong to", str(wrong[:4]))
        raise _Undone

    with bounded("taking in a roster"):
        try:
            here.database.run_now(work)
        except (_Undone, EndsMuch):
            return
        except RosterMistakes as mistakes:
            if not str(mistakes):
                raise Finding("a roster is refused without a word") from None


def _written(given: Given, folder: Path, sheet: str) -> Path:
    columns = _COLUMNS[sheet]
    lines = [";".join(name for name, _ in columns)]
    for _ in range(given.number(6)):
        lines.append(";".join(given.pick(values) for _, values in columns))
    file = folder / f"{sheet}.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file
