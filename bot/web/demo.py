"""The demo's start page: the roles to try, the day it is, the desks with their QR codes."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import segno
from babel.dates import format_date
from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.demo.roles import Role, offered_roles, who_is
from bot.interpreter import python
from bot.web.demo_switch import Demo, visitor_of
from bot.web.demo_switch import routes as switching
from bot.web.requests import preferred_language
from bot.web.shell import Shell
from handlers.texts import LANGUAGES, Speech, other_languages, spoken
from storage.queries.desk import DeskWithUnit, all_desks

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


def demo_router(demo: Demo, public_url: str) -> APIRouter:
    """Serves "/" and the switches in the demo, and only there."""
    router = APIRouter()
    for path, answer in switching(demo):
        router.add_api_route(path, answer, methods=["POST"], response_class=HTMLResponse)

    @router.get("/", response_class=HTMLResponse)
    async def start(request: Request) -> Response:
        shell: Shell = request.app.state.shell
        visitor = visitor_of(request)
        wanted = request.query_params.get("language") or (visitor.language if visitor else None)
        language = wanted if wanted in LANGUAGES else spoken(preferred_language(request))
        say = shell.say(language)

        def look(session: Session) -> tuple[Sequence[DeskWithUnit], Sequence[Role], Role | None]:
            who = who_is(session, visitor.id) if visitor else None
            return all_desks(session), offered_roles(session), who

        desks, roles, who = await demo.database.run(look)
        body = _TEMPLATES.get_template("demo.html").render(
            say=say,
            asset=shell.asset,
            desks=[_card(desk, public_url) for desk in sorted(desks, key=lambda desk: desk.code)],
            roles=roles,
            who=who,
            now=_told(demo.local_now(), language),
            moved=demo.clock.moved,
            steps=next_steps(say),
            language=language,
            other=other_languages(language)[0],
        )
        return shell.wrap(Markup(body), language=language, title=say("Trial version"))  # noqa: S704 - rendered with autoescape

    return router


def _told(local: datetime, language: str) -> str:
    """A moment as people say it: with its weekday."""
    day = format_date(local, "EEEE, dd/MM/yyyy", locale=language)
    return f"{day}, {local:%H:%M}"


def _card(desk: DeskWithUnit, public_url: str) -> dict[str, object]:
    url = f"{public_url}/q/{desk.code}"
    return {"desk": desk, "path": f"/q/{desk.code}", "qr": qr_drawing(url)}


def next_steps(say: Speech) -> list[tuple[str, str]]:
    """Commands worth trying next, to be typed as they stand, each with what it does."""
    bot = f"{python()} -m bot"
    guide = "README.vi.md" if say.language == "vi" else "README.md"
    return [
        (f"{bot} export ratings --format csv --output -", say("see what was stored")),
        (f"{bot} digest --unit C1", say("read a unit's weekly digest in the terminal")),
        (f"{bot} qr --output posters.pdf", say("print the posters of the desks")),
        (f"{bot} doctor", say("look the installation over")),
        (guide, say("go live: your roster, Telegram, PostgreSQL")),
    ]
