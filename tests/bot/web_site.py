"""The web side with a furnished database, and a reader that fills in forms as a browser would."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser

import httpx
from fastapi import APIRouter, FastAPI

from bot.channels.base import Door, DoorState
from bot.config import WebSettings
from bot.web.app import create_app
from bot.web.hooks import Hook
from bot.web.letterbox import Letterbox
from storage.database import Database
from storage.keys import Keys
from tests.databases import migrated
from tests.people import Place, furnish

HOME = "http://127.0.0.1:8080"
Clock = Callable[[], datetime]
ZALO = "https://zalo.me/0123456789"


def doors(desk: str) -> list[Door]:
    """One link names what it opens, as Telegram's do; Zalo's opens a chat and says nothing."""
    linked = [Door(name, f"https://{name}.example/{desk}") for name in ("web", "telegram")]
    return [*linked, Door("zalo_bot", ZALO)]


@dataclass
class Site:
    """A running bot behind its web app. `states` and `answers` are what /readyz sees."""

    place: Place
    public_url: str = HOME
    web: WebSettings = field(default_factory=WebSettings)
    hooks: Mapping[str, Hook] = field(default_factory=dict)
    routers: tuple[APIRouter, ...] = ()
    posts_per_minute: int = 10_000
    posts_per_address: int = 10_000
    states: dict[str, DoorState] = field(default_factory=lambda: {"web": DoorState(up=True)})
    answers: bool = True

    def __post_init__(self) -> None:
        self.letterbox = Letterbox(self.place.database, looks_every=0.02)

    @property
    def database(self) -> Database:
        return self.place.database

    def app(self) -> FastAPI:
        async def database_ok() -> bool:
            return self.answers

        return create_app(
            dispatch=self.place.dispatch,
            keys=self.database.keys,
            web=self.web,
            public_url=self.public_url,
            policy=self.place.policy,
            doors=doors,
            invite_doors=doors,
            staff_doors=doors,
            states=lambda: self.states,
            database_ok=database_ok,
            hooks=self.hooks,
            routers=self.routers,
            letterbox=self.letterbox,
            posts_per_minute=self.posts_per_minute,
            posts_per_address=self.posts_per_address,
        )

    @asynccontextmanager
    async def reader(
        self, language: str = "vi-VN,vi;q=0.9", address: str = "203.0.113.9"
    ) -> AsyncIterator["Reader"]:
        transport = httpx.ASGITransport(app=self.app(), client=(address, 4000))
        headers = {"accept-language": language}
        async with httpx.AsyncClient(
            transport=transport, base_url=self.public_url, headers=headers
        ) as client:
            yield Reader(client)


@asynccontextmanager
async def furnished_site(url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    """The site of an invented organisation (tests.people), on a database of its own."""
    database = Database(migrated(url), keys)
    try:
        await database.run(lambda session: furnish(session, clock()))
        yield Site(Place(database, clock))
    finally:
        database.close()


@dataclass
class Form:
    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    pressed: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


class _Page(HTMLParser):
    """Forms, buttons and the text of main, as far as the tests need them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.text = ""
        self.language = ""
        self._into: list[str] | None = None
        self._opened: tuple[str, dict[str, str]] = ("", {})
        self._in_main = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given["lang"]
        elif tag == "main":
            self._in_main = True
        elif tag == "form":
            self.forms.append(Form(given["action"]))
        elif tag == "input" and given.get("type") == "hidden":
            self.forms[-1].hidden[given["name"]] = given["value"]
        elif tag == "input":
            self.forms[-1].texts[given["name"]] = given.get("value", "")
        elif tag in {"button", "textarea", "a"}:
            self._into, self._opened = [], (tag, given)

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)
        if self._in_main and data.strip():
            self.text += data.strip() + "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._in_main = False
        if self._into is None or tag != self._opened[0]:
            return
        said, given = "".join(self._into), self._opened[1]
        self._into = None
        if tag == "a":
            self.links[said.strip()] = given["href"]
        elif tag == "textarea" and "name" in given:
            self.forms[-1].texts[given["name"]] = said.removeprefix("\n")
        elif tag == "button" and "name" in given and "aria-hidden" not in given:
            self.forms[-1].buttons[said.strip()] = given["value"]
            self.forms[-1].pressed[said.strip()] = given.get("aria-pressed", "")


class Reader:
    """One person with a browser that runs no scripts."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.response = httpx.Response(0)
        self.last_form: tuple[str, dict[str, str]] = ("", {})

    @property
    def page(self) -> _Page:
        return _Page(self.response.text)

    @property
    def text(self) -> str:
        return self.page.text

    @property
    def status(self) -> int:
        return self.response.status_code

    def labels(self) -> list[str]:
        return [label for form in self.page.forms for label in form.buttons]

    async def opens(self, path: str) -> str:
        self.response = await self.client.get(path)
        return self.text

    async def taps(self, label: str, typed: str | None = None, **headers: str) -> str:
        """Press a button; `typed` is put into the page's text field first."""
        form = next(each for each in self.page.forms if label in each.buttons)
        data = {**form.hidden, **form.texts, "action": form.buttons[label]}
        if typed is not None:
            assert "text" in form.texts, "there is no field to type into"
            data["text"] = typed
        return await self.sends(form.action, data, **headers)

    async def sends(self, path: str, data: dict[str, str], **headers: str) -> str:
        self.last_form = (path, data)
        self.response = await self.client.post(path, data=data, headers=headers)
        return self.text

    async def reloads(self) -> str:
        """Send the same form once more, as the reload button does."""
        return await self.sends(*self.last_form)

    def token(self) -> str:
        return next(f.hidden["token"] for f in self.page.forms if "token" in f.hidden)

    def refuse_cookies(self) -> None:
        self.client.cookies.clear()
