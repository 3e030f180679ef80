"""What fuzzing found and was mended: each once more, as it came."""

import gzip
import io
import json
import math
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from openpyxl import Workbook

from bot.backup.container import Sealing
from bot.channels.zalo_bot.api import NoAnswer, Refused, StrangeAnswer, result_of
from bot.channels.zalo_oa.api import _code
from bot.config import ConfigMistakes, load
from handlers.messages import Incoming, sound
from handlers.roster import read_files
from handlers.routes import router
from handlers.texts import Speaker
from storage.keys import Keys
from tests.bot.web_site import HOME
from tests.databases import migrated
from tests.fuzz.commands import commanded
from tests.fuzz.ground import Ground, ground
from tests.fuzz.targets.backups import _sound
from tests.fuzz.targets.roster_workbooks import _parts
from tests.fuzz.watching import SECRETS

HOST = (b"host", HOME.partition("://")[2].encode())
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n+2AA-\r\n--x--\r\n'


@pytest.fixture
def here() -> Ground:
    return ground()


def posted(here: Ground, where: str, secret: str, body: bytes) -> int:
    header = {
        "/hooks/telegram": b"x-telegram-bot-api-secret-token",
        "/hooks/zalo-bot": b"x-bot-api-secret-token",
    }[where]
    headers = [(header, secret.encode())]
    return here.does(lambda: here.asks("POST", where.encode(), headers, body)).status


@pytest.mark.parametrize("name", ["telegram", "zalo"])
def test_a_post_that_is_a_thousand_levels_deep_is_passed_over(here: Ground, name: str) -> None:
    where = {"telegram": "/hooks/telegram", "zalo": "/hooks/zalo-bot"}[name]
    secret = SECRETS[f"{name} webhook secret"]
    for depth in (900, 100_000):
        assert posted(here, where, secret, b"[" * depth + b"]" * depth) == 200


def test_an_update_whose_parts_are_of_other_types_is_passed_over(here: Ground) -> None:
    for kind in ("message", "edited_message", "callback_query", "my_chat_member"):
        for value in (None, 5, [], {}, {"chat": None, "from": None, "date": None}):
            body = json.dumps({"update_id": 1, kind: value}).encode()
            secret = SECRETS["telegram webhook secret"]
            assert posted(here, "/hooks/telegram", secret, body) == 200


def test_half_a_letter_in_an_action_makes_it_an_unknown_one() -> None:
    assert router().match("open/\ud800") is None


def test_halves_of_letters_and_zero_bytes_are_taken_out_of_what_comes_in() -> None:
    incoming = Incoming("zalo_bot", "c\x00", "\udfff1", "k", text="tốt\ud800 \x00😀")
    assert (incoming.chat, incoming.person, incoming.text) == ("c", "1", "tốt 😀")
    assert sound("tốt 😀") == "tốt 😀"


def test_an_address_with_bytes_that_are_no_text_has_its_page(here: Ground) -> None:
    for target in (b"/nowhere?\xff", b"/q/QC11?\xf2\xff", b"/static/x?\xff"):
        answer = here.does(lambda target=target: here.asks("GET", target, [HOST]))  # type: ignore[misc]
        assert answer.status in {200, 404}


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode", "x", "utf-7", "hex"])
def test_a_form_in_an_encoding_that_is_none_of_text_is_no_failure(
    here: Ground, charset: str
) -> None:
    kind = f"multipart/form-data; boundary=x; charset={charset}".encode()
    headers = [HOST, (b"content-type", kind)]
    for path in (b"/chat", b"/file", b"/nhan", b"/nhan/da-nhan"):
        answer = here.does(lambda path=path: here.asks("POST", path, headers, MULTIPART))  # type: ignore[misc]
        assert answer.status in {400, 403, 200}


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("port = " + "9" * 5000, "web"),
        ("port = " + "[" * 2000, "web"),
        ("language = []", "operator"),
    ],
)
def test_a_configuration_beyond_all_bounds_is_a_mistake_like_others(
    tmp_path: Path, line: str, where: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[{where}]\n{line}\n")
    with pytest.raises(ConfigMistakes):
        load(file)


def test_an_error_code_without_end_is_an_error(here: Ground) -> None:
    assert _code({"error": math.inf}) == -1
    answer = httpx.Response(400, json={"ok": False, "error_code": "9" * 5000})
    with pytest.raises(Refused) as refused:
        result_of("sendMessage", answer)
    assert refused.value.code == 400
    assert issubclass(StrangeAnswer, Exception)
    assert issubclass(NoAnswer, Exception)


def test_a_length_of_thousands_of_digits_is_too_long(here: Ground) -> None:
    headers = [HOST, (b"content-length", b"9" * 4400)]
    assert here.does(lambda: here.asks("POST", b"/chat", headers)).status == 413


def test_a_language_that_is_no_text_is_none(here: Ground) -> None:
    person = {"id": 5, "is_bot": False, "first_name": "A", "language_code": 7}
    message = {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}, "from": person}
    body = json.dumps({"update_id": 71, "message": {**message, "text": "/start"}}).encode()
    assert posted(here, "/hooks/telegram", SECRETS["telegram webhook secret"], body) == 200


# -- what an operator gives --------------------------------------------------------------------


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
