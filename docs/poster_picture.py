"""Draws the README's posters: `python docs/poster_picture.py docs/images`, from invented desks.

The wall poster, a page of table tents and the staff's sheet, side by side, as typst sets them.
"""

import io
import sys
from pathlib import Path

from PIL import Image

from handlers.documents.posters import PosterDesk, compiled, poster_sheets
from handlers.staff_link import staff_url
from storage.keys import Keys

URL = "https://danhgia.example.vn"
ZALO = "https://zalo.me/0123456789"
UNIT = "Chi đoàn Bộ phận Một cửa phường Sông Trăng"
NAMES = {"Q1": "Quầy 1 – Hộ tịch, chứng thực", "Q2": "Quầy 2 – Đất đai, xây dựng"}
PPI = 58
GAP = 22
GROUND = 214


def desks(keys: Keys | None = None) -> list[PosterDesk]:
    """Two desks, with the link of citizens or with keys that of the staff."""
    return [
        PosterDesk(
            code=code,
            name=name,
            unit_name=UNIT,
            url=f"{URL}/q/{code}" if keys is None else staff_url(URL, keys, code),
        )
        for code, name in NAMES.items()
    ]


def pictures() -> list[Image.Image]:
    """The first page of each kind."""
    keys = Keys("a secret that only this picture knows")
    sheets = (
        poster_sheets(desks(), "both", zalo=ZALO),
        poster_sheets(desks(), "vi", size="a6", zalo=ZALO),
        poster_sheets(desks(keys), "vi", staff=True),
    )
    pages = [compiled(each, "png", ppi=PPI * 3)[0] for each in sheets]
    opened = [Image.open(io.BytesIO(page)).convert("L") for page in pages]
    return [
        each.resize((each.width // 3, each.height // 3), Image.Resampling.LANCZOS)
        for each in opened
    ]


def main(folder: str) -> None:
    """Write poster.png into a folder."""
    shown = pictures()
    width = sum(each.width + GAP for each in shown) + GAP
    height = max(each.height for each in shown) + 2 * GAP
    picture, across = Image.new("L", (width, height), GROUND), GAP
    for each in shown:
        picture.paste(each, (across, (height - each.height) // 2))
        across += each.width + GAP
    picture.quantize(16).save(Path(folder) / "poster.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
