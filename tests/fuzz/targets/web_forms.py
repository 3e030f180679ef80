"""Forms of pages, rightly signed or not, with fields of every kind, by any person's browser."""

from collections.abc import Mapping
from functools import cache
from random import Random
from urllib.parse import urlencode

from bot.web.identity import Form, Visitor, new_form
from handlers.messages import sound
from handlers.routes import router
from storage.database import Database
from tests.fuzz.given import Given
from tests.fuzz.ground import Ground, ground
from tests.fuzz.people import ACTORS
from tests.fuzz.watching import PERSONAL
from tests.handlers.access.actions import Actions
from tests.handlers.access.organisation import chat_of

_ROUTER = router()
_PATHS = (
    "/chat", "/q/QC11", "/q/QC11?kiosk", "/nhan", "/i/xxxxxxxxxxxxxxxxxxxxxx", "/s/QC11-abcdefghij234567",
    "/nhan/da-nhan", "/file",
)  # fmt: skip
_CHARSETS = (
    "",
    "; charset=utf-8",
    "; charset=undefined",
    "; charset=utf-7",
    "; charset=idna",
    "; charset=x",
)
SEEDS = [bytes([number, number % 8, 0, 0, number * 5 % 256, *range(30)]) for number in range(40)]


@cache
def _actions(here: Ground, _database: Database) -> Actions:
    return Actions(_ROUTER, here.made, here.database.keys)


def run(data: bytes) -> None:
    """Send one form."""
    given, here = Given(data), ground()
    who, path = given.pick(ACTORS), given.pick(_PATHS)
    fields = {"token": _token(here, given, who), "action": _action(given)}
    for name in ("text", "field", "document", "message", "key", "done"):
        if given.yes(70):
            fields[name] = _text(given, name)
    headers = [(b"host", b"127.0.0.1:8080"), (b"accept-language", b"vi")]
    if not given.yes(30):
        headers.append((b"cookie", here.cookie(who)))
    if given.yes(60):
        kind, body = _multipart(given, fields)
    else:
        kind, body = (
            "application/x-www-form-urlencoded",
            urlencode(fields, errors="replace").encode(),
        )
    headers.append((b"content-type", kind.encode()))
    here.does(lambda: here.asks("POST", path.encode(), headers, body))


def _token(here: Ground, given: Given, who: str) -> str:
    if given.yes(20):
        return given.text()
    visitor = Visitor(chat_of(who), given.pick((None, "vi", "en")), given.yes(30), bool(who))
    form = new_form(visitor, given.pick(("start", "open/QC11", "", "find")), "k/1", "")
    if given.yes(20):
        texts = [sound(given.text(40)) for _ in range(4)]
        form = Form(visitor, *texts)
    token = here.signatures.write_form(form)
    return token[: given.number(len(token))] if given.yes(10) else token


def _action(given: Given) -> str:
    if given.yes(40):
        return given.text()
    route = _ROUTER.routes[given.number(len(_ROUTER.routes))]
    return _actions(ground(), ground().database).any_of(route, Random(given.number(256)))


def _text(given: Given, name: str) -> str:
    if name == "field":
        return given.pick(("search", "code", "comment/QC11/261123/1", given.text()))
    return PERSONAL["typed text"] + given.text() if given.yes() else given.text()


def _multipart(given: Given, fields: Mapping[str, str]) -> tuple[str, bytes]:
    body = b""
    for name, value in fields.items():
        head = f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        body += head.encode() + value.encode("utf-8", "replace") + b"\r\n"
    if given.yes():
        name = given.pick(("a.docx", "a.txt", "", "a.docx\x00.txt", "../../a.txt", "ă" * 300))
        head = f'--xyz\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body += head.encode() + given.rest() + b"\r\n"
    return f"multipart/form-data; boundary=xyz{given.pick(_CHARSETS)}", body + b"--xyz--\r\n"
