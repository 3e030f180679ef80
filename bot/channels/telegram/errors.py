"""What Telegram's refusals mean: the closed set of send errors, and one clear line for people."""

import re
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.base import Broken, Gone, SendError, Throttled, TryAgain

_GONE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "bot was kicked",
    "have no rights to send",
    "chat_write_forbidden",
)
_NO_TEXT = "there is no text in the message to edit"
_EDITS_NOT = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
    _NO_TEXT,
    "there is no media in the message to edit",
    "message_edit_time_expired",
)


class Unreachable(NetworkError):
    """No answer came: `message` names the network's failure, and quotes nothing."""


def send_error(error: TelegramError) -> SendError:
    """The send error that an error of the library means. Most specific first: BadRequest and
    TimedOut are NetworkErrors."""
    match error:
        case RetryAfter():
            return Throttled(seconds_of(error))
        case Forbidden() | ChatMigrated():
            return Gone()
        case BadRequest():
            return Gone() if _says(error, _GONE) else Broken(_reason(error))
        case _:
            # A token that is refused is the operator's to mend: what is queued waits for that.
            return TryAgain(type(error).__name__)


def seconds_of(error: RetryAfter) -> float:
    """How long to wait; the library is between two types for it."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def not_modified(error: TelegramError) -> bool:
    """The message already shows exactly this."""
    return _says(error, ("message is not modified",))


def cannot_edit(error: TelegramError) -> bool:
    """The message is gone, too old, or was never ours to edit: a new one does."""
    return _says(error, _EDITS_NOT)


def shows_a_file(error: TelegramError) -> bool:
    """The message to edit is a picture or a document, and its text was to be changed."""
    return _says(error, (_NO_TEXT,))


def bad_entities(error: TelegramError) -> bool:
    """Our formatting was not understood."""
    return _says(error, ("can't parse entities", "can't parse entity"))


def _says(error: TelegramError, texts: tuple[str, ...]) -> bool:
    return isinstance(error, BadRequest) and any(each in error.message.lower() for each in texts)


def _reason(error: BadRequest) -> str:
    """Telegram's words up to where they may quote the message."""
    return re.split(r"[:\"'«]", error.message, maxsplit=1)[0][:60]


def trouble(error: TelegramError) -> str:
    """One line for the operator: what is wrong and what to do. Never quotes an address: the
    token stands in it."""
    match error:
        case InvalidToken():
            line = "Telegram refuses the bot token (401): check [telegram] token and api_base"
        case Conflict() if "webhook" in error.message.lower():
            line = "a webhook is set for this bot (409): another program uses the same token"
        case Conflict():
            line = (
                "another program receives this bot's updates (409): stop it, "
                "or give this one a token of its own"
            )
        case RetryAfter():
            line = "Telegram asks for a pause (429)"
        case TimedOut():
            line = "Telegram does not answer in time"
        case BadRequest():
            line = f"Telegram refuses a call (400): {_reason(error)}"
        case Unreachable():
            line = f"Telegram cannot be reached ({error.message})"
        case NetworkError():
            line = "Telegram answers with an error of its own (5xx)"
        case _:
            line = f"Telegram answers strangely ({type(error).__name__})"
    return line
