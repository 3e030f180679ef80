"""What was sent to an official who joined in a browser: a page of it, and a stream for open pages."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import structlog
from pydantic import ValidationError
from sqlmodel import Session
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.drawing import Drawing
from bot.observability import SENDS
from bot.web.errors import ErrorPages
from bot.web.identity import Visitor, new_form
from bot.web.letterbox import CHANNEL, Letterbox
from bot.web.pages import Pages
from bot.web.requests import form_of
from bot.web.shell import Card, Shell, View
from bot.web.sources import sources
from bot.web.visits import Visits
from handlers.citizen.actions import LANGUAGE
from handlers.messages import Reply
from storage.database import keys_of
from storage.errors import DatabaseUnavailable
from storage.queries.link import chat_names, identify, links_of
from storage.queries.moving import as_written
from storage.queries.outbox import Unsent, confirm_sent, waiting_for
from storage.queries.waiting import held_for

log = structlog.get_logger("web")

MESSAGES, STREAM, TAKEN = "/nhan", "/nhan/stream", "/nhan/da-nhan"
_PING_S = 25  # below the patience of most proxies
_AGAIN_S = 5.0
_MOST_KEYS = 200


@dataclass(frozen=True)
class Message:
    """A message that waits; `key` is what a page says it has taken. `held_at`: the channel that
    may not bring it before its reader writes there."""

    id: int
    key: str
    answer: Reply
    held_at: str = ""


class Inbox:
    """Every address here serves only the visitor whose signed cookie comes along. A message stays
    until its page says that it is shown, so none is lost; it may be shown twice. What is held for
    an official's other chats is shown here too: taken here, it is not sent there any more."""

    def __init__(
        self,
        letterbox: Letterbox,
        pages: Pages,
        shell: Shell,
        errors: ErrorPages,
        visits: Visits,
        drawing: Drawing,
    ) -> None:
        self._letterbox, self._database, self._pages = letterbox, letterbox.database, pages
        self._shell, self._errors, self._visits, self._drawing = shell, errors, visits, drawing

    def routes(self) -> list[Route]:
        """Addresses, in order."""
        return [
            Route(MESSAGES, self.show, methods=["GET"]),
            Route(MESSAGES, self.answer, methods=["POST"]),
            Route(STREAM, self.stream, methods=["GET"]),
            Route(TAKEN, self.taken, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """GET /nhan: everything that waits. It goes when its page says so: a script does at once,
        without scripts a button of the message."""
        visitor = self._visits.known(request)
        language = self._visits.language(request)
        try:
            found = await self._waiting(visitor) if visitor is not None else []
        except DatabaseUnavailable:
            return self._errors.unavailable(request)
        cards = [await self._card(visitor, each, language) for each in found if visitor]
        token = "" if visitor is None else self._token(visitor)
        listens = visitor is not None and visitor.official
        view = View((), language, MESSAGES, token, listens=listens)
        return self._shell.messages(view, cards)

    async def answer(self, request: Request) -> Response:
        """POST /nhan: a button of a message, which says that the message was seen."""
        async with form_of(request, max_files=0) as form:
            key, action, done = form.get("message"), form.get("action"), "done" in form
        back = RedirectResponse(MESSAGES, 303)
        response = back if done else await self._pages.answer(request)
        if isinstance(action, str) and LANGUAGE.match(action):
            if cookie := response.headers.get("set-cookie"):
                back.headers["set-cookie"] = cookie
            return back
        visitor = self._visits.known(request)
        if visitor is not None and isinstance(key, str):
            with suppress(DatabaseUnavailable):  # then it is shown once more
                await self._take(visitor, {key})
        return response

    async def taken(self, request: Request) -> Response:
        """POST /nhan/da-nhan: a page has these messages on its screen."""
        visitor = self._visits.known(request)
        async with form_of(request, max_files=0, max_fields=_MOST_KEYS) as form:
            keys = {key for key in form.getlist("key") if isinstance(key, str)}
        if visitor is None:
            return Response(status_code=403)
        try:
            await self._take(visitor, keys)
        except DatabaseUnavailable:
            return Response(status_code=503)
        return Response(status_code=204)

    async def stream(self, request: Request) -> Response:
        """GET /nhan/stream: each message once while the page is open. 204 ends its asking."""
        visitor = self._visits.known(request)
        if visitor is None or not visitor.official:
            return Response(status_code=204)
        if self._letterbox.full(visitor.id):
            return Response(status_code=503)
        events = self._events(visitor, self._visits.language(request))
        return EventSourceResponse(events, ping=_PING_S, send_timeout=_PING_S)

    async def _events(self, visitor: Visitor, language: str) -> AsyncIterator[ServerSentEvent]:
        shown: set[int] = set()
        with self._letterbox.listening(visitor.id) as news:
            yield ServerSentEvent(comment="open", retry=int(_AGAIN_S * 1000))
            news.set()
            while True:
                await news.wait()
                if self._letterbox.closed:
                    return
                news.clear()
                try:
                    found = await self._waiting(visitor)
                except DatabaseUnavailable:
                    news.set()
                    await asyncio.sleep(_AGAIN_S)
                    continue
                for each in found:
                    if each.id not in shown:
                        shown.add(each.id)
                        card = await self._card(visitor, each, language)
                        html = self._shell.card(card, language)
                        yield ServerSentEvent(json.dumps({"key": each.key, "html": html}))

    # -- what waits ----------------------------------------------------------------------------

    async def _waiting(self, visitor: Visitor) -> list[Message]:
        rows = await self._database.run(lambda session: _rows(session, visitor))
        found = [(at, row, _read(row, self._key(row), at)) for at, row in rows]
        if broken := [row.id for at, row, message in found if message is None and not at]:
            log.error("messages cannot be shown, dropped", messages=len(broken))
            await self._database.run(lambda session: confirm_sent(session, broken))
            SENDS.labels(CHANNEL, "broken").inc(len(broken))
        return [message for _, _, message in found if message is not None]

    async def _take(self, visitor: Visitor, keys: set[str]) -> None:
        def work(session: Session) -> int:
            ids = [row.id for _, row in _rows(session, visitor) if self._key(row) in keys]
            confirm_sent(session, ids)
            return len(ids)

        if taken := await self._database.run(work):
            SENDS.labels(CHANNEL, "sent").inc(taken)

    def _key(self, row: Unsent) -> str:
        """Not the row's number: it would tell how many messages there are."""
        return self._database.keys.pseudonym("message", row.id)[:22]

    async def _card(self, visitor: Visitor, message: Message, language: str) -> Card:
        answer, drawn = await self._drawing.of(message.answer, language, files=False)
        found = sources([answer], [drawn], self._visits.signatures, visitor)
        return Card(message.key, answer, self._token(visitor), found, message.held_at)

    def _token(self, visitor: Visitor) -> str:
        return self._visits.signatures.write_form(new_form(visitor, "", ""))


def _rows(session: Session, visitor: Visitor) -> list[tuple[str, Unsent]]:
    """What waits for this browser, and with its channel what is held for the same official."""
    names = keys_of(session).pseudonyms("chat", CHANNEL, visitor.id)
    rows = [("", row) for row in waiting_for(session, CHANNEL, names)]
    who = identify(session, CHANNEL, visitor.id)
    if who is None:
        return rows
    links = links_of(session, who.person_id)
    held = held_for(session, {name for link in links for name in chat_names(session, link)})
    return [*rows, *held]


def _read(row: Unsent, key: str, held_at: str) -> Message | None:
    content = as_written(row.content or {})
    try:
        return Message(row.id, key, Reply.model_validate(content["reply"]), held_at)
    except (ValidationError, KeyError):
        return None
