"""The demo's start page: the desks with their QR codes, and where to look next."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import segno
from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.web.requests import preferred_language
from bot.web.shell import Shell
from handlers.texts import Speech, spoken
from storage.queries.desk import DeskWithUnit

_OTHER_LANGUAGE = {"vi": ("en", "English"), "en": ("vi", "Tiếng Việt")}
DesksNow = Callable[[], Awaitable[Sequence[DeskWithUnit]]]
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def qr_drawing(url: str) -> Markup:
    """The QR of an address as inline SVG without styles (the policy of the pages allows none)."""
    drawn = segno.make(url, error="m")
    width, height = drawn.symbol_size(border=2)
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(drawn.matrix_iter(border=2))
        for x, dark in enumerate(row)
        if dark
    )
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="qr" viewBox="0 0 {width} {height}" aria-hidden="true" focusable="false">'
        f'<rect width="{width}" height="{height}" fill="#fff"/><path d="{path}"/></svg>'
    )


def demo_router(desks: DesksNow, public_url: str) -> APIRouter:
    """Serves "/" in the demo, and only there."""
    router = APIRouter()

    @router.get("/", response_class=HTMLResponse)
    async def start(request: Request) -> Response:
        shell: Shell = request.app.state.shell
        wanted = request.query_params.get("language")
        language = wanted if wanted in {"vi", "en"} else spoken(preferred_language(request))
        say = shell.say(language)
        body = _TEMPLATES.get_template("demo.html").render(
            say=say,
            asset=shell.asset,
            desks=[_card(desk, public_url) for desk in sorted(await desks(), key=lambda desk: desk.code)],
            steps=next_steps(say),
            other=_OTHER_LANGUAGE[language],
        )
        return shell.wrap(Markup(body), language=language, title=say("Trial version"))  # noqa: S704 - rendered with autoescape

    return router


def _card(desk: DeskWithUnit, public_url: str) -> dict[str, object]:
    url = f"{public_url}/q/{desk.code}"
    return {"desk": desk, "path": f"/q/{desk.code}", "qr": qr_drawing(url)}


def next_steps(say: Speech) -> list[tuple[str, str]]:
    """Commands worth trying next, each with what it does: for the page and the terminal."""
    return [
        ("python -m bot export ratings --format csv --output -", say("see what was stored")),
        ("python -m bot qr --output posters.pdf", say("print the posters of the desks")),
        ("python -m bot doctor", say("look the installation over")),
        ("README.md", say("go live: your roster, Telegram, PostgreSQL")),
    ]
