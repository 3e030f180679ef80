"""What the demo's start page can do: be somebody, bring Monday about, go back to today."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.demo.clock import DemoClock
from bot.demo.roles import become, leave_behind
from bot.demo.travel import back_to_today, bring_monday
from bot.web.identity import Visitor, new_visitor
from bot.web.inbox import MESSAGES
from bot.web.pages import MY_MENU
from bot.web.requests import preferred_language
from bot.web.visits import Visits
from handlers.policy import Policy
from handlers.texts import spoken
from storage.database import Database

START = "/"
Answer = Callable[..., Awaitable[Response]]


@dataclass(frozen=True)
class Demo:
    """What the switches work on; `tick` does once what is due and sends it."""

    database: Database
    clock: DemoClock
    policy: Policy
    tick: Callable[[], Awaitable[None]]

    def local_now(self) -> datetime:
        """The demo's time where its organisation is."""
        return self.clock().astimezone(self.policy.timezone)


def visitor_of(request: Request) -> Visitor | None:
    """Who opens a page, if this browser has been here before."""
    visits: Visits = request.app.state.visits
    return visits.signatures.read_cookie(request.cookies.get(visits.signatures.cookie_name))


def routes(demo: Demo) -> Sequence[tuple[str, Answer]]:
    """Addresses that take a POST, with their answers."""
    switch = _Switch(demo)
    return [
        ("/demo/be/{code}", switch.be),
        ("/demo/citizen", switch.be_citizen),
        ("/demo/monday", switch.monday),
        ("/demo/today", switch.today),
    ]


class _Switch:
    def __init__(self, demo: Demo) -> None:
        self._demo = demo

    async def be(self, request: Request, code: str) -> Response:
        visitor = visitor_of(request) or new_visitor()
        language = visitor.language or spoken(preferred_language(request))
        day = self._demo.local_now().date()

        def link(session: Session) -> str | None:
            return become(session, visitor.id, code, language, day)

        chat = await self._demo.database.run(link)
        if chat is None:
            raise HTTPException(404)
        return _going(request, MY_MENU, replace(visitor, id=chat, official=True))

    async def be_citizen(self, request: Request) -> Response:
        visitor = visitor_of(request)
        if visitor is None:
            return _going(request, START)
        await self._demo.database.run(lambda session: leave_behind(session, visitor.id))
        citizen = new_visitor().speaking(visitor.language) if visitor.official else visitor
        return _going(request, START, citizen)

    async def monday(self, request: Request) -> Response:
        demo, visitor = self._demo, visitor_of(request)
        await bring_monday(demo.database, demo.clock, demo.policy)
        await demo.tick()
        return _going(request, MESSAGES if visitor is not None and visitor.official else START)

    async def today(self, request: Request) -> Response:
        await back_to_today(self._demo.database, self._demo.clock, self._demo.policy)
        return _going(request, START)


def _going(request: Request, where: str, visitor: Visitor | None = None) -> Response:
    response = RedirectResponse(where, 303)
    if visitor is not None:
        visits: Visits = request.app.state.visits
        visits.write(visitor, response)
        visits.unmark(response)
    return response
