"""Numbers what a chat without buttons can type, as a proactive message leaves: a retry keeps them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import ValidationError
from sqlmodel import Session

from bot.delivery.attempt import Outcome, Result
from handlers.messages import Reply, numbered, offered
from handlers.typed_choices import take_in
from storage.queries.outbox import Unsent, replace_content
from storage.queries.traffic import ChatState, lock_chat, read_chat, write_chat


def numbered_for_typing(session: Session, row: Unsent, now: datetime) -> Unsent:
    """The message with the numbers that mean its choices in this chat from now on.

    They are kept in the row, beside the whole message as it was written, so that one that goes out
    twice shows the same ones. The caller holds the chat's lock.
    """
    content = row.content or {}
    try:
        answer = Reply.model_validate(content["reply"])
    except (ValidationError, KeyError):
        return row  # the attempt says what is wrong with it
    state = read_chat(session, row.chat, now)
    if "whole" in content:
        if _still_mean_it(answer, state):
            return row
        answer = Reply.model_validate(content["whole"])
    if not offered(answer):
        return row
    sent = take_in(state, answer, now)
    write_chat(session, row.chat, state, now)
    whole = answer.model_dump(mode="json")
    content = {**content, "reply": sent.model_dump(mode="json"), "whole": whole}
    replace_content(session, row.id, content)
    return replace(row, content=content)


def _still_mean_it(answer: Reply, state: ChatState) -> bool:
    return all(
        each.number in state.live and state.live[each.number].action == each.choice.action
        for each in offered(answer)
    )


def take_back_unseen(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """What was not sent is on nobody's screen: until it is, its numbers mean nothing. What they
    meant before does not come back: it is never guessed which list somebody has before them.

    To be called before anything of these outcomes is written down: it locks the chats.
    """
    unseen = [each.row for each in outcomes if each.result is not Result.SENT and not each.rest]
    for row in sorted(unseen, key=lambda each: each.chat):
        lock_chat(session, row.chat)
        state, offers = read_chat(session, row.chat, now), _numbered(row)
        live = {n: each for n, each in state.live.items() if offers.get(n) != each.action}
        if len(live) < len(state.live):
            state.live = live
            write_chat(session, row.chat, state, now)


def _numbered(row: Unsent) -> dict[int, str]:
    """What the numbers of a message mean that was numbered for its chat."""
    content = row.content or {}
    if "whole" not in content:
        return {}
    try:
        return numbered(Reply.model_validate(content["reply"]), every=True)
    except (ValidationError, KeyError):
        return {}
