"""Roster files in CSV and JSON: any encoding, separator, quoting, cell; cut anywhere, grown to any size."""

import tempfile
from pathlib import Path

from handlers.roster import read_files
from handlers.texts import Speaker
from tests.fuzz.given import ODD_TEXTS, Given, as_json
from tests.fuzz.watching import bounded, tell_nothing

_COLUMNS = {
    "units": "code,name,kind,parent_code,pilot,from,to,merged_into",
    "people": "code,full_name,unit_code,role,position,email,from,to",
    "desks": "code,name,unit_code,multi_agency,to",
    "duties": "desk_code,person_code,from,to",
    "axes": "code,label_vi,label_en",
    "catalogue": "code,axis,label_vi,label_en,reference",
}
CELLS = (
    "C1", "C2", "Chi đoàn", "P1", "secretary", "-member", "yes", "x", "2026-11-23", "23/11/2026", "2026-11-23 07:30",
    "46000", "46000.5", "090123", "a@b.vn", "=1+1", "#REF!", "Q1", "cong_viec", "31/02/2026", "0000-00-00", "9999-12-31",
)  # fmt: skip
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258", "latin-1")
_JSON = [
    {"code": "cv1", "axis": "cong_viec", "label_vi": "Làm", "label_en": "Do", "seed_phrase": "x"}
]
SEEDS = [bytes([0, number % 6, number, 2, number, *range(60)]) for number in range(24)] + [
    b"\xff\xff[]",
    b'\xff\xff{"axes": [], "items": [{"code": 1}]}',
]


def run(data: bytes) -> None:
    """Read one file; what is wrong with it is a list of sentences."""
    given = Given(data)
    name, content = _file(given)
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        with bounded("reading a roster"):
            roster = read_files([path], Speaker(given.pick(("vi", "en"))))
    for each in roster.errors:
        said = each.said(Speaker("vi"))
        said.encode()  # a terminal takes it
        tell_nothing("a mistake", said, personal=False)
    for sheet in ("units", "people", "desks", "duties", "axes", "catalogue"):
        for row in roster.rows_of(sheet):
            row.model_dump_json()
    "\n".join(roster.notes).encode()


def _file(given: Given) -> tuple[str, bytes]:
    kind = given.pick(("csv", "json", "any"))
    if kind == "json":
        return "pledge_catalogue.json", as_json(given.changed(_JSON))
    sheet = given.pick(tuple(_COLUMNS))
    if kind == "any":
        return f"{sheet}.{given.pick(('csv', 'tsv', 'json', 'txt', 'xlsx'))}", given.rest()
    return f"{sheet}.csv", _csv(given, sheet)


def _csv(given: Given, sheet: str) -> bytes:
    separator = given.pick((",", ";", "\t", "|"))
    lines = [_COLUMNS[sheet].replace(",", separator)]
    if given.yes(30):
        lines.insert(
            0, given.pick(("sep=;", 'sep="', "sep=\x00", "sep=\n", "sep=é", "DANH SÁCH", ""))
        )
    for _ in range(given.number(6)):
        cells = [given.pick((*CELLS, "", given.text(10))) for _ in range(given.number(9))]
        lines.append(separator.join(cells))
    if given.yes(20):
        lines += [lines[-1]] * given.pick((100, 3000))
    if given.yes(20):
        lines.append(given.pick(ODD_TEXTS))
    content = "\n".join(lines).encode(given.pick(_ENCODINGS), "replace")
    return content[: given.number(len(content) + 1)] if given.yes(20) else content
