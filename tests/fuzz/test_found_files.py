"""What fuzzing found in files an operator gives, and was mended: each once more."""

import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import Workbook

from bot.backup.container import Sealing
from handlers.roster import read_files
from handlers.texts import Speaker
from storage.keys import Keys
from tests.databases import migrated
from tests.fuzz.commands import commanded
from tests.fuzz.targets.backups import _sound
from tests.fuzz.targets.roster_workbooks import _parts
from tests.fuzz.watching import SECRETS


def test_a_database_of_two_revisions_is_not_ours(tmp_path: Path) -> None:
    migrated(f"sqlite:///{tmp_path}/bot.sqlite")
    with closing(sqlite3.connect(tmp_path / "bot.sqlite")) as connection:
        connection.execute("INSERT INTO alembic_version VALUES ('0002')")
        connection.commit()
    assert "later release" in commanded(tmp_path, "digest", "--unit", "C1", may_fail=(1,))


def test_a_sealed_backup_of_strange_rows_is_not_restored(tmp_path: Path) -> None:
    sound_one = [json.loads(line) for line in gzip.decompress(_sound()).splitlines()[:-1]]
    for strange in ([["x"]], [{"a": 1}], [[[1] * 40]], [list(range(3))]):
        written = io.BytesIO()
        sealing = Sealing(written, Keys(SECRETS["privacy secret"]))
        place = next(n for n, line in enumerate(sound_one) if isinstance(line, list))
        for line in [*sound_one[:place], *strange, *sound_one[place + 1 :]]:
            sealing.line(line)
        sealing.close()
        (tmp_path / "file").write_bytes(written.getvalue())
        commanded(tmp_path, "restore", str(tmp_path / "file"), may_fail=(1,))
        assert not (tmp_path / "bot.sqlite").exists()


# -- workbooks ---------------------------------------------------------------------------------


def bent(old: bytes, new: bytes) -> bytes:
    """The workbook of the targets with one of its parts changed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts().items():
            archive.writestr(name, content.replace(old, new, 1))
    return written.getvalue()


@pytest.fixture
def mistakes(tmp_path: Path) -> Callable[[bytes], str]:
    def read(content: bytes) -> str:
        file = tmp_path / "r.xlsx"
        file.write_bytes(content)
        return "\n".join(
            each.said(Speaker("en")) for each in read_files([file], Speaker("en")).errors
        )

    return read


@pytest.mark.parametrize("cell", [b"ZZZZ2", b"a2", b"$A$2", b"A99999999999", b"2A"])
def test_a_cell_that_stands_nowhere_makes_no_room(
    mistakes: Callable[[bytes], str], cell: bytes
) -> None:
    assert "damaged" in mistakes(bent(b'r="A2"', b'r="' + cell + b'"'))


def test_cells_that_do_not_say_where_they_stand_reach_no_further(
    mistakes: Callable[[bytes], str],
) -> None:
    far = (
        b'<row r="1"><c r="CV1"><v>1</v></c></row><row r="190000"><c><v>1</v></c></row></sheetData>'
    )
    assert "too large" in mistakes(bent(b"</sheetData>", far))
    wide = b"<row>" + b"<c><v>1</v></c>" * 200 + b"</row></sheetData>"
    assert "reaches as far" in mistakes(bent(b"</sheetData>", wide))
    hidden = b"<row><c t='>' r='XFD1048576'><v>1</v></c></row></sheetData>"
    assert "reaches as far" in mistakes(bent(b"</sheetData>", hidden))


def test_merged_cells_outside_the_table_are_passed_over(mistakes: Callable[[bytes], str]) -> None:
    for ref in (b"XFD1:XFD1048576", b"A5000:A9000", b"B9:A1"):
        merged = b'</sheetData><mergeCells><mergeCell ref="' + ref + b'"/></mergeCells>'
        assert "should not have happened" not in mistakes(bent(b"</sheetData>", merged))


def test_an_archive_that_lies_about_its_size_is_damaged(mistakes: Callable[[bytes], str]) -> None:
    written = io.BytesIO()
    book = Workbook()
    book.active.append(["code", "name"])  # type: ignore[union-attr]
    book.save(written)
    packed = bytearray(written.getvalue())
    at = packed.rfind(b"PK\x01\x02")  # the last entry of the directory: its unpacked size
    packed[at + 24 : at + 28] = (1).to_bytes(4, "little")
    assert "damaged" in mistakes(bytes(packed))


def test_many_sheets_that_each_reach_far_are_too_large_together(
    mistakes: Callable[[bytes], str],
) -> None:
    book = Workbook()
    for number in range(4):
        book.create_sheet(f"s{number}").cell(150_000, 20, "x")
    written = io.BytesIO()
    book.save(written)
    assert "too large" in mistakes(written.getvalue())
