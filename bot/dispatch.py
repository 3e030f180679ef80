"""One update, one transaction: dedupe, identify, route, store replies, commit; then wake delivery."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from time import perf_counter

import structlog
from sqlmodel import Session

from bot.channels.base import Capabilities
from bot.handing import Sends, content, handing_over, in_places
from bot.in_order import InOrder
from bot.observability import HANDLING, UPDATES, where
from handlers.errors import Refused
from handlers.messages import Incoming, Reply, Text, reply
from handlers.permissions import anyone
from handlers.policy import Policy
from handlers.routing import Matched, Router
from handlers.texts import Speaker, speaker, spoken
from handlers.turn import Turn
from handlers.typed_choices import keep_shown
from handlers.typed_input import menu_choices, resolve
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.queries.handing import queue_alone
from storage.queries.link import hear
from storage.queries.outbox import Unsent
from storage.queries.traffic import (
    ANSWER,
    ChatState,
    chat_name,
    lock_chat,
    mark_seen,
    put_in_outbox,
    take_up,
    write_chat,
)

log = structlog.get_logger("dispatch")
_updates, _handling = cache(UPDATES.labels), cache(HANDLING.labels)
_BEGINNING = 8  # of a pseudonym: enough to tell who goes on trying, in a log


@dataclass(frozen=True)
class Handled:
    """What came of an update. `replies` are for channels whose answer is the response itself;
    elsewhere they stand in the outbox. `language` is the one now in force for this chat.
    `official`: whether the chat is linked to somebody; None where nothing had to know. `queued`:
    the same replies as rows to hand over, if they are all that waits for this chat."""

    replies: tuple[Reply, ...] = ()
    duplicate: bool = False
    language: str = "vi"
    reference: str | None = None
    refused: bool = False
    official: bool | None = None
    queued: Sequence[Unsent] = ()


class Dispatch:
    """Hands updates to the routes. `wake(channel)` is called after a commit that queued answers;
    where `sends` expects them they are handed over instead."""

    def __init__(
        self,
        database: Database,
        router: Router,
        policy: Policy,
        clock: Callable[[], datetime],
        wake: Callable[[str], None],
        sends: Sends | None = None,
    ) -> None:
        self._database, self._router, self._policy = database, router, policy
        self._clock, self._wake, self._sends = clock, wake, sends
        self._in_order = InOrder()

    async def handle(
        self,
        incoming: Incoming,
        can: Capabilities,
        *,
        kiosk: bool = False,
        language: str | None = None,
    ) -> Handled:
        """Handle one update; returns after the commit.

        Updates of one chat are handled strictly in the order of the calls. An empty `key` means
        "only showing": nothing is marked as seen. `language` overrides what the client says.
        Raises DatabaseUnavailable when nothing was stored: then acknowledge nothing.
        """
        started = perf_counter()
        chat = chat_name(self._database.keys, incoming.channel, incoming.chat)
        sends = None if can.in_response else self._sends
        async with self._in_order.turn_of(incoming.channel, incoming.chat):
            try:
                with handing_over(sends, incoming.channel, chat) as handing:
                    handled = await self._handle(
                        incoming,
                        can,
                        chat,
                        kiosk=kiosk,
                        language=language,
                        expected=handing.expected,
                    )
                    handing.rows = handled.queued
            except DatabaseUnavailable:
                UPDATES.labels(incoming.channel, "database unavailable").inc()
                raise
        outcome = (
            "duplicate"
            if handled.duplicate
            else "failed"
            if handled.reference
            else "refused"
            if handled.refused
            else "handled"
        )
        _updates(incoming.channel, outcome).inc()
        _handling(incoming.channel).observe(perf_counter() - started)
        if not can.in_response and handled.replies and not handing.expected:
            self._wake(incoming.channel)
        return handled

    async def _handle(
        self,
        incoming: Incoming,
        can: Capabilities,
        chat: str,
        *,
        kiosk: bool,
        language: str | None,
        expected: bool,
    ) -> Handled:
        now = self._clock()

        def work(session: Session) -> Handled:
            return self._transact(
                session, incoming, can, chat, now, kiosk=kiosk, language=language, expected=expected
            )

        try:
            return await self._database.run(work)
        except DatabaseUnavailable:
            raise
        except Refused as refusal:
            by = {} if refusal.by is None else {"by": refusal.by}
            log.info("refused", channel=incoming.channel, why=str(refusal), **by)
            return await self._answer_instead(
                incoming, can, chat, now, language, refusal, None, expected
            )
        except Exception as error:
            reference = secrets.token_hex(4).upper()
            log.exception(
                "handler failed", channel=incoming.channel, reference=reference, **where(error)
            )
            return await self._answer_instead(
                incoming, can, chat, now, language, None, reference, expected
            )

    def _transact(
        self,
        session: Session,
        incoming: Incoming,
        can: Capabilities,
        chat: str,
        now: datetime,
        *,
        kiosk: bool,
        language: str | None,
        expected: bool,
    ) -> Handled:
        lock_chat(session, chat)
        state, fresh = self._take_up(session, incoming, can, chat, now)
        speech = self._speech(language or state.language or spoken(incoming.language))
        turn = Turn(incoming, session, now, self._policy, speech, can.buttons, kiosk)
        if not fresh and not can.in_response:
            return Handled(duplicate=True, language=speech.language)
        if incoming.text is not None and not can.in_response:
            turn.recognise()  # an official who had blocked the bot and writes is reached again
        matched = resolve(turn, state, self._router)
        if not fresh:
            matched = self._showing(matched)
        try:
            replies = _act(matched, turn)
        except Refused as refusal:
            if matched.route.may is not anyone and turn.known_official:
                refusal.by = chat[:_BEGINNING]
            raise
        queued: Sequence[Unsent] = ()
        if not can.in_response:
            queued = self._keep(turn, can, chat, state, replies, expected=expected)
        return Handled(
            replies,
            queued=queued,
            duplicate=not fresh,
            language=turn.switch_language or speech.language,
            official=turn.known_official,
        )

    def _take_up(
        self, session: Session, incoming: Incoming, can: Capabilities, chat: str, now: datetime
    ) -> tuple[ChatState, bool]:
        """What the chat's next message means, and whether this update is handled the first time."""
        day = can.counted_from(now.astimezone(self._policy.timezone).date())
        if not can.in_response:
            return take_up(session, chat, incoming.channel, incoming.key, day, now)
        seen = incoming.key and not mark_seen(session, incoming.channel, incoming.key, day)
        return ChatState(), not seen

    def _showing(self, matched: Matched) -> Matched:
        again = matched.route.again_action(matched.parameters)
        found = self._router.match(again) if again is not None else matched
        assert found is not None
        return found

    def _keep(
        self,
        turn: Turn,
        can: Capabilities,
        chat: str,
        state: ChatState,
        replies: Sequence[Reply],
        *,
        expected: bool,
    ) -> Sequence[Unsent]:
        if can.window is not None and turn.who is not None:
            hear(turn.session, turn.who.link_id, turn.now)
        state.language = turn.switch_language or state.language
        replies = keep_shown(turn, state, replies)
        write_chat(turn.session, chat, state, turn.now)
        messages = [*in_places(turn.incoming, replies)]
        contents = [content(answer, edit) for answer, edit in messages]
        channel, address = turn.incoming.channel, turn.incoming.chat
        if not expected:
            put_in_outbox(turn.session, channel, address, contents, chat=chat)
            return ()
        numbers = queue_alone(turn.session, channel, chat, address, contents)
        return [
            Unsent(number, chat, address, {"reply": answer, "edit": edit}, ANSWER, 0)
            for number, (answer, edit) in zip(numbers, messages, strict=False)
        ]

    async def _answer_instead(
        self,
        incoming: Incoming,
        can: Capabilities,
        chat: str,
        now: datetime,
        language: str | None,
        refusal: Refused | None,
        reference: str | None,
        expected: bool,
    ) -> Handled:
        def work(session: Session) -> Handled:
            lock_chat(session, chat)
            state, fresh = self._take_up(session, incoming, can, chat, now)
            speech = self._speech(language or state.language or spoken(incoming.language))
            turn = Turn(incoming, session, now, self._policy, speech, can.buttons)
            if not fresh and not can.in_response:
                return Handled(duplicate=True, language=speech.language)
            text = (
                refusal.wording
                if refusal is not None
                else speech(
                    "Sorry, something went wrong on our side and nothing was changed. "
                    "Please try again. If it happens again, tell us this reference: {reference}",
                    reference=reference,
                )
            )
            ways = None if refusal is None else refusal.ways
            answer = reply(Text(text=text, tone="alert"), ways, menu_choices(turn), fresh=True)
            queued: Sequence[Unsent] = ()
            if not can.in_response:
                queued = self._keep(turn, can, chat, state, [answer], expected=expected)
            return Handled(
                (answer,),
                queued=queued,
                language=speech.language,
                reference=reference,
                refused=refusal is not None,
            )

        return await self._database.run(work)

    def _speech(self, language: str) -> Speaker:
        return speaker(language, self._policy.citizen)


def _act(matched: Matched, turn: Turn) -> tuple[Reply, ...]:
    if not matched.route.may(turn):
        raise Refused(
            turn.say("This is not open to you. If you think it should be, ask your secretary."),
            f"{matched.route.pattern.path} is not open to this person",
        )
    return tuple(matched(turn))
