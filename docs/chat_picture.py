"""Draws the README's chat without buttons: `python docs/chat_picture.py docs/images`. Needs chromium.

A rating as it reads on Zalo: what the program really answers, in bubbles of no messenger's own look.
"""

import asyncio
import io
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import count
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from sqlmodel import Session

from bot.channels.base import Capabilities
from bot.channels.numbered import plain_texts
from bot.dispatch import Dispatch
from handlers.messages import Incoming
from handlers.names import folded
from handlers.policy import Policy
from handlers.routes import router
from storage.database import Database
from storage.keys import Keys
from storage.schema import upgrade
from storage.tables import Desk, Duty, Membership, Person, Unit

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
# A phone's screen each, as it is when scrolled there.
PHONES = (("Q1",), ("rat hai long",), ("3 4: cán bộ hướng dẫn dễ hiểu",))
CAN = Capabilities(buttons=False)
MOST, HEIGHT = 2000, 850
PAGE = """<meta charset="utf-8"><style>
body {{ margin: 0; display: flex; gap: 28px; padding: 28px; background: #dfe5ef; align-items: flex-start;
  font: 17px/1.45 "DejaVu Sans", sans-serif; color: #16213a }}
.phone {{ width: 420px; box-sizing: border-box; padding: 18px 14px; background: #f3f5f9; border: 7px solid #16213a;
  border-radius: 26px; box-shadow: 0 10px 30px rgb(22 33 58/.25); display: grid; gap: 12px; align-content: start;
  height: {height}px; overflow: hidden }}
p {{ margin: 0; padding: 10px 14px; border-radius: 14px; white-space: pre-line; overflow-wrap: anywhere }}
.them {{ background: #fff; border: 1px solid #c9d2e1; margin-right: 26px }}
.me {{ background: #0b4a94; color: #fff; justify-self: end }}
</style>{body}"""


def furnish(session: Session) -> None:
    """One unit with a desk and who works there, all invented."""
    name = "Bộ phận Một cửa phường Sông Trăng"
    unit = Unit(code="ST", name=name, folded=folded(name))
    person = Person(code="P1", full_name="Nguyễn Thị Lan")
    session.add_all([unit, person])
    session.flush()
    desk_name = "Quầy 1 – Hộ tịch, chứng thực"
    desk = Desk(code="Q1", name=desk_name, folded=folded(desk_name), unit_id=unit.id or 0)
    ids = {"person_id": person.id or 0, "unit_id": unit.id or 0}
    session.add_all([desk, Membership(**ids, role="member")])
    session.flush()
    session.add(Duty(desk_id=desk.id or 0, person_id=person.id or 0, starts=NOW - timedelta(1)))


async def talk(
    dispatch: Dispatch, said: Sequence[str], keys: "count[int]"
) -> list[tuple[str, str]]:
    """What is said and answered in turn: ("me" or "them", text)."""
    heard: list[tuple[str, str]] = []
    for text in said:
        heard.append(("me", text))
        incoming = Incoming("zalo_oa", "citizen", "citizen", str(next(keys)), text=text)
        for answer in (await dispatch.handle(incoming, CAN)).replies:
            heard += [("them", each) for each in plain_texts(answer, most=MOST)]
    return heard


async def phones(folder: str) -> list[list[tuple[str, str]]]:
    """The dialogue, a phone's screen at a time."""
    url = f"sqlite:///{folder}/chat.sqlite"
    upgrade(url)
    database = Database(url, Keys("a secret that only this picture knows"))
    try:
        await database.run(furnish)
        dispatch = Dispatch(database, router(), Policy(), lambda: NOW, wake=lambda _channel: None)
        keys = count(1)
        return [await talk(dispatch, said, keys) for said in PHONES]
    finally:
        database.close()


def page(screens: Sequence[Sequence[tuple[str, str]]]) -> str:
    """The screens side by side, as HTML."""
    drawn = (
        "".join(f'<p class="{who}">{escape(text)}</p>' for who, text in screen)
        for screen in screens
    )
    return PAGE.format(
        height=HEIGHT, body="".join(f'<div class="phone">{each}</div>' for each in drawn)
    )


def main(folder: str) -> None:
    """Write zalo.png into a folder."""
    with tempfile.TemporaryDirectory() as kept:
        screens = asyncio.run(phones(kept))
    width = len(screens) * 448 + 28
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": width, "height": HEIGHT + 2 * 28})
        shown.set_content(page(screens))
        picture = Image.open(io.BytesIO(shown.screenshot()))
        browser.close()
    picture.convert("RGB").quantize(64).save(Path(folder) / "zalo.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
