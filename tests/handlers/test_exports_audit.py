"""The audit log taken out: every entry once, in order, readable, without what an undo needs."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlmodel import Session

from handlers.documents.spreadsheets import WRITERS
from handlers.errors import Refused
from handlers.exports import EXPORTS, Wish
from storage.database import Database
from storage.keys import Keys
from storage.queries.audit import record
from tests.handlers.rosters import SAY, as_csv, good, load
from tests.handlers.test_exports import exported
from tests.officials import person_id, unit_id

COLUMNS = ["number", "at", "by", "actor_code", "action", "unit_code", "details", "meaning"]


@pytest.fixture
def audited(database: Database, tmp_path: Path) -> Database:
    """On top of the import's own entry: Lan's change in C1, the operator's, one far in the past."""
    load(database, as_csv(tmp_path / "roster", good()))

    def work(session: Session) -> None:
        record(
            session,
            at=datetime(2026, 11, 30, 17, 30, tzinfo=UTC),  # 1 December in Đà Nẵng
            action="member.remove",
            actor_id=person_id(session, "P1"),
            unit_id=unit_id(session, "C1"),
            details={"person": "P2"},
        )
        record(
            session,
            at=datetime(2026, 12, 5, 1, 0, tzinfo=UTC),
            action="roster.test",
            unit_id=unit_id(session, "TD"),
            details={"people": [{"code": f"P{n}"} for n in range(4000)], "few": ["a", "b"]},
        )

    database.run_now(work)
    return database


def rows(database: Database, wish: Wish = Wish()) -> list[list[str]]:  # noqa: B008
    """The entries after the import's own."""
    header, *found = exported(database, "audit", wish)
    assert header == COLUMNS
    return [row for row in found if row[4] in {"member.remove", "roster.test"}]


def test_an_entry_says_when_who_what_where_and_reads_as_a_sentence(audited: Database) -> None:
    removed, imported = rows(audited)
    assert removed[1:] == [
        "2026-12-01T00:30:00+07:00",
        "person",
        "P1",
        "member.remove",
        "C1",
        '{"person": "P2"}',
        "Nguyễn Thị Lan took Trần Văn Minh off the list.",
    ]
    assert imported[1:6] == ["2026-12-05T08:00:00+07:00", "operator", "", "roster.test", "TD"]
    assert int(imported[0]) == int(removed[0]) + 1


def test_what_an_import_changed_is_told_as_numbers(audited: Database) -> None:
    assert rows(audited)[1][6] == '{"few": ["a", "b"], "people": 4000}'


@pytest.mark.parametrize(
    ("wish", "actions"),
    [
        (Wish(since=date(2026, 12, 1), until=date(2026, 12, 1)), ["member.remove"]),
        (Wish(until=date(2026, 11, 30)), []),
        (Wish(since=date(2026, 12, 2)), ["roster.test"]),
        (Wish(unit="C1"), ["member.remove"]),
        (Wish(unit="TD"), ["member.remove", "roster.test"]),
        (Wish(unit="C2"), []),
    ],
)
def test_days_are_local_and_a_unit_takes_those_below_along(
    audited: Database, wish: Wish, actions: list[str]
) -> None:
    assert [row[4] for row in rows(audited, wish)] == actions


def test_in_a_workbook_the_moment_is_one(audited: Database) -> None:
    def work(session: Session) -> bytes:
        stream = io.BytesIO()
        wish = Wish(since=date(2026, 12, 1))
        WRITERS["xlsx"](EXPORTS["audit"].table(session, wish, SAY), stream, None)
        return stream.getvalue()

    sheet = openpyxl.load_workbook(io.BytesIO(audited.read_now(work)))["audit"]
    assert sheet["B2"].value.isoformat() == "2026-12-01T00:30:00"
    assert isinstance(sheet["A2"].value, int)


def test_a_lost_secret_is_told(audited: Database) -> None:
    audited.keys = Keys("another secret of enough characters, really")
    with pytest.raises(Refused, match="unknown secret"):
        exported(audited, "audit")
