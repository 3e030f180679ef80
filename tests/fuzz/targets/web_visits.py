"""A visit of many pages: what pages offer is pressed, with their own tokens and cookies."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.bot.web_site import Form, _Page
from tests.fuzz.answers import Answer
from tests.fuzz.given import Given
from tests.fuzz.ground import Ground, ground
from tests.fuzz.watching import PERSONAL

_STARTS = ("/", "/q/QC11", "/q/QA1", "/toi", "/trogiup", "/nhan", "/i/", "/q/QC11?kiosk")
_STEPS = 8
_OFFICIALS = ("C1S", "C1M", "AS", "TOPS", "TWO")
SEEDS = [
    bytes([number, number % 8, *(number * step % 256 for step in range(40))])
    for number in range(30)
]


@dataclass
class _Browser:
    here: Ground
    official: str = ""
    cookie: bytes = b""
    page: _Page | None = None
    last: tuple[str, dict[str, str]] | None = field(default=None)

    async def opens(self, path: str) -> None:
        self._shown(await self.here.asks("GET", path.encode(), self._headers()))

    async def sends(self, path: str, fields: dict[str, str]) -> None:
        self.last = (path, fields)
        kind = (b"content-type", b"application/x-www-form-urlencoded")
        body = urlencode(fields, errors="replace").encode()
        self._shown(await self.here.asks("POST", path.encode(), [*self._headers(), kind], body))

    def _headers(self) -> list[tuple[bytes, bytes]]:
        cookie = self.cookie or (self.here.cookie(self.official) if self.official else b"")
        headers = [(b"host", b"127.0.0.1:8080"), (b"accept-language", b"en")]
        return [*headers, (b"cookie", cookie)] if cookie else headers

    def _shown(self, answer: Answer) -> None:
        if told := answer.header("set-cookie"):
            self.cookie = told.partition(";")[0].encode()
        html = answer.header("content-type").startswith("text/html")
        self.page = _Page(answer.text) if html and answer.body else None


def run(data: bytes) -> None:
    """Visit, step by step."""
    given, here = Given(data), ground()
    browser = _Browser(here, given.pick(("", *_OFFICIALS)))
    start = given.pick(_STARTS)
    if start == "/i/":
        start += given.pick(tuple(here.made.tokens))
    here.does(lambda: browser.opens(start))
    for _ in range(given.number(_STEPS)):
        _step(given, here, browser)


def _step(given: Given, here: Ground, browser: _Browser) -> None:
    what = given.number(16)
    forms = [each for each in browser.page.forms if each.buttons] if browser.page else []
    if what == 0 and browser.last is not None:  # the reload button
        path, fields = browser.last
        here.does(lambda: browser.sends(path, fields))
    elif what == 1:  # cookies are cleared
        browser.cookie, browser.official = b"", ""
    elif what == 2 or not forms:
        links = list((browser.page.links if browser.page else {}).values())
        ours = [each for each in links if each.startswith("/")] or list(_STARTS[:2])
        path = given.pick(ours)
        here.does(lambda: browser.opens(path))
    else:
        form = given.pick(forms)
        fields = _filled(given, form)
        here.does(lambda: browser.sends(form.action, fields))


def _filled(given: Given, form: Form) -> dict[str, str]:
    fields = {**form.hidden, **form.texts, "action": given.pick(tuple(form.buttons.values()))}
    if "text" in form.texts and given.yes(200):
        fields["text"] = given.pick((PERSONAL["typed text"], given.text(), "QC11", "an", "20/11"))
    if given.yes(16):  # a tampered one
        name = given.pick(tuple(fields))
        fields[name] = given.text()
    return fields
