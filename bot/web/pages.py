"""The pages people see: each renders what the same routes answer on every messenger."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels.web import CAN, NAME
from bot.dispatch import Dispatch, Handled
from bot.drawing import Drawing
from bot.web.errors import ErrorPages
from bot.web.identity import Form, Visitor, new_form
from bot.web.limits import PostLimit, guesses_code
from bot.web.other_doors import OtherDoors
from bot.web.requests import Posted, preferred_language, read_post
from bot.web.shell import Shell, Typed, View
from bot.web.sources import sources
from bot.web.visits import CHAT, Place, Visits, knows_desk
from handlers.citizen.actions import LANGUAGE, OPEN, PRIVACY, START
from handlers.messages import Incoming, SentFile, Text
from handlers.typed_input import COMMANDS
from storage.errors import DatabaseUnavailable

ANSWERS_WITHIN_S = 10.0  # pages of a whole tree of units may take seconds
MY_MENU = "/toi"  # an official's own, also where "/" is something else (the demo)


class Pages:
    """Every page a person can open or send a form to."""

    def __init__(
        self,
        dispatch: Dispatch,
        shell: Shell,
        errors: ErrorPages,
        visits: Visits,
        doors: OtherDoors,
        posts: PostLimit,
        drawing: Drawing,
    ) -> None:
        self._dispatch, self._shell, self._errors = dispatch, shell, errors
        self._visits, self._doors, self._posts, self._drawing = visits, doors, posts, drawing

    def routes(self) -> list[Route]:
        """Addresses, in order."""
        return [
            Route("/q/{desk}", self.open_desk, methods=["GET"]),
            Route("/q/{desk}", self.answer, methods=["POST"]),
            Route("/i/{token}", self.open_link, methods=["GET"]),
            Route("/i/{token}", self.answer, methods=["POST"]),
            Route("/s/{payload}", self.open_link, methods=["GET"]),
            Route("/s/{payload}", self.answer, methods=["POST"]),
            Route("/", self._showing(START.build()), methods=["GET"]),
            Route(MY_MENU, self._showing(START.build()), methods=["GET"]),
            Route("/quyen-rieng-tu", self._showing(PRIVACY.build()), methods=["GET"]),
            *self._commands(),
            Route(CHAT, self.go_home, methods=["GET"]),
            Route(CHAT, self.answer, methods=["POST"]),
        ]

    def _commands(self) -> list[Route]:
        """What is typed in a chat is an address here: it shows the same page."""
        return [
            Route(f"/{name}", self._showing(pattern.build()), methods=["GET"])
            for name, pattern in COMMANDS.items()
        ]

    def _showing(self, action: str) -> Callable[[Request], object]:
        async def show(request: Request) -> Response:
            return await self._show(request, Place(), action)

        return show

    async def go_home(self, _request: Request) -> Response:
        """GET /chat: a reloaded address without its form."""
        return RedirectResponse("/", 303)

    async def open_desk(self, request: Request) -> Response:
        """GET /q/<desk>: the page behind every QR."""
        place = self._visits.place(request)
        action = place.action if place.desk else f"open/{request.path_params['desk']}"
        return await self._show(request, place, action, desk=place.desk or "?")

    async def open_link(self, request: Request) -> Response:
        """GET /i/<token> or /s/<desk>-<token>: an invitation, or a desk's staff QR."""
        place = self._visits.place(request)
        if not (place.invitation or place.staff):
            raise HTTPException(404)
        return await self._show(request, place, place.action)

    async def answer(self, request: Request) -> Response:
        """POST /q/<desk> or /chat: one tap. The response is the next page itself."""
        posted = await read_post(request)
        form = self._visits.signatures.read_form(posted.token)
        place = self._visits.place(request, form)
        if form is None:
            return await self._too_old(request, place, posted)
        visitor = replace(form.visitor, kiosk=place.kiosk)
        if not self._admitted(request, posted, visitor):
            return self._retry(request, place, posted, visitor, too_many=True)
        try:
            return await self._answer(request, place, posted, replace(form, visitor=visitor))
        except DatabaseUnavailable:
            return self._retry(request, place, posted, visitor, too_many=False)

    # -- what a form may lead to ---------------------------------------------------------------

    async def _answer(self, request: Request, place: Place, posted: Posted, form: Form) -> Response:
        action, text = posted.action or None, posted.taken_text
        key = _key(form, posted.action, text, posted.taken_file)
        handled = await self._handle(request, form.visitor, action, text, key, posted.taken_file)
        who = self._visits.after(request, form.visitor, handled)
        shown = new_form(who, posted.action, key, text or "")
        if action is not None and LANGUAGE.match(action):
            return await self._again_in(request, place, form, shown.visitor)
        if opened := OPEN.match(action or ""):
            place = place if place.kiosk else Place(opened["desk"])
        return await self._page(request, place, handled, shown, typed=posted.kept)

    async def _again_in(
        self, request: Request, place: Place, form: Form, visitor: Visitor
    ) -> Response:
        """The page the language was switched on, once more: its key shows it without acting."""
        action = form.action or START.build()
        handled = await self._handle(request, visitor, action, form.text or None, form.key)
        shown = new_form(visitor, action, form.key, form.text)
        return await self._page(request, place, handled, shown)

    async def _show(
        self, request: Request, place: Place, action: str, *, desk: str = ""
    ) -> Response:
        """A page opened by its address: it only shows, nothing is stored.

        `desk` is the code an address asked for: if the answer is not about it, it is not found.
        """
        visitor = self._visits.visitor(request, place)
        try:
            handled = await self._handle(request, visitor, action, None, "")
        except DatabaseUnavailable:
            return self._errors.unavailable(request)
        shown = new_form(self._visits.after(request, visitor, handled), action, "")
        if desk and _status(handled) == 200 and not knows_desk(handled.replies, desk):
            response = await self._page(request, Place(), handled, shown, opening=True)
            response.status_code = 404
            return response
        return await self._page(request, place, handled, shown, opening=True)

    async def _too_old(self, request: Request, place: Place, posted: Posted) -> Response:
        visitor = self._visits.visitor(request, place)
        try:
            handled = await self._handle(request, visitor, place.action, None, "")
        except DatabaseUnavailable:
            return self._errors.unavailable(request, posted.any_text)
        say = self._shell.say(handled.language)
        sorry = say(
            "This page had been open for too long, so your answer was not taken. "
            "Please answer again."
        )
        first, *rest = handled.replies
        alert = Text(text=sorry, tone="alert")
        first = first.model_copy(update={"parts": (alert, *first.parts)})
        shown = new_form(self._visits.after(request, visitor, handled), place.action, "")
        again = replace(handled, replies=(first, *rest))
        response = await self._page(
            request, place, again, shown, typed=posted.any_text, opening=True
        )
        response.status_code = 400
        return response

    def _retry(
        self,
        request: Request,
        place: Place,
        posted: Posted,
        visitor: Visitor,
        *,
        too_many: bool,
    ) -> Response:
        language = visitor.language or self._visits.language(request)
        return self._errors.retry(
            View(
                (),
                language,
                place.path,
                posted.token,
                typed=posted.all_typed,
                retry=posted.action or START.build(),
                file="" if posted.file is None else posted.file.name,
                restarts=place.restarts,
            ),
            too_many=too_many,
        )

    # -- the pieces ----------------------------------------------------------------------------

    def _admitted(self, request: Request, posted: Posted, who: Visitor) -> bool:
        guesses = guesses_code(posted.action, posted.text)
        if guesses and not self._posts.admits_code(request, who.id):
            return False
        return self._posts.admits(request, who.id, official=who.official)

    async def _handle(
        self,
        request: Request,
        visitor: Visitor,
        action: str | None,
        text: str | None,
        key: str,
        file: SentFile | None = None,
    ) -> Handled:
        incoming = Incoming(
            channel=NAME,
            chat=visitor.id,
            person=visitor.id,
            key=key,
            action=action,
            text=text,
            language=preferred_language(request),
            file=file,
            device=self._visits.device(request),
            staff_device=self._visits.is_staff_device(request),
        )
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                return await self._dispatch.handle(
                    incoming, CAN, kiosk=visitor.kiosk, language=visitor.language
                )
        except TimeoutError:  # sent again, the same form finds what was stored after all
            raise DatabaseUnavailable("it did not answer in time") from None

    async def _page(
        self,
        request: Request,
        place: Place,
        handled: Handled,
        shown: Form,
        *,
        typed: Typed | None = None,
        opening: bool = False,
    ) -> Response:
        illustrated = [
            await self._drawing.of(each, handled.language, files=False) for each in handled.replies
        ]
        replies = [answer for answer, _ in illustrated]
        signatures = self._visits.signatures
        response = self._shell.page(
            View(
                replies,
                handled.language,
                place.path,
                signatures.write_form(shown),
                sources=sources(
                    replies, [drawn for _, drawn in illustrated], signatures, shown.visitor
                ),
                listens=shown.visitor.official,
                doors=self._doors.of(place, handled, shown.action),
                invited=bool(place.invitation),
                staff=bool(place.staff),
                typed=typed,
                restarts=place.restarts,
                touched=not opening,
                status=_status(handled),
            )
        )
        if place.path not in {CHAT, request.scope["path"]}:
            response.headers["Content-Location"] = place.path
        self._visits.remember(request, shown.visitor, response)
        return response


def _key(form: Form, action: str, text: str | None, file: SentFile | None) -> str:
    """What is the same when a form is sent again; another button of the page is another tap."""
    said = f"{action}\n{text or ''}".encode() + (b"" if file is None else b"\0" + file.content)
    return f"{form.nonce}/{hashlib.sha256(said).hexdigest()[:24]}"


def _status(handled: Handled) -> int:
    if handled.reference is not None:
        return 500
    return 403 if handled.refused else 200
