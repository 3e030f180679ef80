"""What offices write above a column or on a sheet, and which column or sheet it means."""

import re
from collections.abc import Sequence
from types import MappingProxyType

from handlers.names import folded

_UNIT = ("don vi", "ma don vi", "chi doan", "ma chi doan", "don vi sinh hoat", "ma dv")
_FROM = ("tu ngay", "tu", "ngay bat dau", "bat dau")
_TO = ("den ngay", "den", "ngay ket thuc", "ket thuc")
_LIFE = {"from": _FROM, "to": _TO}

# Folded headings by sheet and column; the columns' own names are known without this list.
_HEADINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "units": {
        "code": ("ma", "ma don vi", "ma dv", "ma so"),
        "name": ("ten don vi", "don vi", "ten day du"),
        "kind": ("loai", "loai don vi", "loai hinh"),
        "parent_code": (
            "don vi cap tren", "ma don vi cap tren", "cap tren", "ma cap tren", "truc thuoc",
        ),
        "pilot": ("lam diem", "don vi lam diem", "diem"),
        "merged_into": ("sap nhap vao", "nhap vao", "hop nhat vao", "sap nhap"),
        **_LIFE,
    },
    "people": {
        "code": ("ma", "ma doan vien", "ma can bo", "ma nguoi", "ma so"),
        "full_name": ("ho va ten", "ho ten", "ten day du"),
        "unit_code": _UNIT,
        "role": ("vai tro",),
        "position": ("chuc vu", "chuc danh"),
        "email": ("thu dien tu", "email", "e mail", "dia chi thu dien tu", "hop thu"),
        **_LIFE,
    },
    "desks": {
        "code": ("ma", "ma quay", "ma so"),
        "name": ("ten quay", "quay", "ten day du"),
        "unit_code": _UNIT,
        "multi_agency": ("lien thong", "mot cua lien thong"),
        "to": _TO,
    },
    "duties": {
        "desk_code": ("ma quay", "quay"),
        "person_code": ("ma doan vien", "doan vien", "ma can bo", "can bo", "ma nguoi", "nguoi truc"),
        **_LIFE,
    },
}  # fmt: skip

# What many offices keep beside it: read past, never stored.
_NOT_KEPT = frozenset({
    "stt", "tt", "so tt", "so thu tu", "so dien thoai", "sdt", "so dt", "dien thoai", "di dong",
    "dt", "ghi chu", "chu thich", "ngay sinh", "nam sinh", "ngay thang nam sinh", "gioi tinh",
    "nam nu",
})  # fmt: skip

_SHEETS = {
    "units": ("don vi", "danh sach don vi", "to chuc doan"),
    "people": ("doan vien", "con nguoi", "can bo", "nhan su", "danh sach doan vien", "nguoi"),
    "desks": ("quay", "danh sach quay"),
    "duties": ("ca truc", "lich truc", "phan cong"),
}
SHEET_NAMES = MappingProxyType(
    {
        **{name: name for name in (*_SHEETS, "axes", "catalogue")},
        **{alias: name for name, aliases in _SHEETS.items() for alias in aliases},
    }
)


def column_of(sheet: str, heading: str, known: Sequence[str]) -> str | None:
    """The column a heading means, of those known; None if it is none of them."""
    plain = heading.strip().casefold()
    if plain in known:
        return plain
    short = folded(re.sub(r"\(.*?\)", " ", heading))
    for column, headings in _HEADINGS.get(sheet, {}).items():
        if column in known and short in headings:
            return column
    return None


def is_not_kept(sheet: str, heading: str) -> bool:
    """Whether offices usually have this column and the roster does not keep it."""
    return sheet in _HEADINGS and folded(heading) in _NOT_KEPT


def sheet_of(name: str) -> str | None:
    """The sheet that a worksheet's name means."""
    return SHEET_NAMES.get(folded(name))


def sheet_of_file(stem: str) -> str | None:
    """The sheet in a CSV file: the last word or words of its name say it."""
    words = folded(stem)
    last = re.split(r"[-_]", stem.strip().casefold())[-1]
    if last in SHEET_NAMES:
        return SHEET_NAMES[last]
    for name in sorted(SHEET_NAMES, key=len, reverse=True):
        if words == name or (" " in name and words.endswith(f" {name}")):
            return SHEET_NAMES[name]
    return None
