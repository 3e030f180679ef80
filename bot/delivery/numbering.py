"""Numbers what a chat without buttons can type, as a proactive message leaves: a retry keeps them."""

from dataclasses import replace
from datetime import datetime

from pydantic import ValidationError
from sqlmodel import Session

from handlers.messages import Reply, offered
from handlers.typed_choices import take_in
from storage.queries.outbox import Unsent, replace_content
from storage.queries.traffic import ChatState, read_chat, write_chat


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
