"""What Zalo's refusals mean: the closed set of send errors, and one clear line for people."""

import re

from bot.channels.base import Broken, Gone, SendError, Throttled, TryAgain
from bot.channels.zalo_bot.api import CallFailed, NoAnswer, Refused, StrangeAnswer

QUOTA_S = 3600.0  # how long to send nothing: what the plan allows a month does not come back soon
QUOTA = (
    "the messages that the bot's Zalo plan allows are used up (429): what is waiting goes out when "
    "it allows more; choose a larger plan, or write to fewer people here"
)

_UNAUTHORIZED, _TRANSIENT, _NO_METHOD, _TIMEOUT, _TOO_MANY = 401, 403, 404, 408, 429
_TEMPORARY = {_UNAUTHORIZED, _TRANSIENT, _TIMEOUT, _TOO_MANY}
_NOBODY = re.compile(
    r"\b(chat|user|recipient|conversation)(_id)?\b.*"
    r"(not found|not exist|n't exist|no longer|deactivated|deleted|blocked)|\bblocked by\b|no such (chat|user)",
    re.IGNORECASE,
)


def send_error(error: CallFailed) -> SendError:
    """The send error that a failed call means."""
    if not isinstance(error, Refused):
        return TryAgain(type(error).__name__)
    if error.code == _TOO_MANY:
        return Throttled(QUOTA_S, quota=True)
    if is_gone(error):
        return Gone()
    if is_final(error):
        return Broken(f"{error.code}: {reason(error)}")
    # A token that is refused is the operator's to mend: what is queued waits for that.
    return TryAgain(str(error.code))


def is_quota(error: CallFailed) -> bool:
    """The plan's messages are used up."""
    return isinstance(error, Refused) and error.code == _TOO_MANY


def is_token(error: CallFailed) -> bool:
    """The token is refused."""
    return isinstance(error, Refused) and error.code == _UNAUTHORIZED


def is_gone(error: CallFailed) -> bool:
    """The person is not there (any more)."""
    if not isinstance(error, Refused) or error.code not in {400, _TRANSIENT, _NO_METHOD}:
        return False
    return bool(_NOBODY.search(error.description))


def is_final(error: CallFailed) -> bool:
    """Zalo will never take this call."""
    return isinstance(error, Refused) and 400 <= error.code < 500 and error.code not in _TEMPORARY


def is_about_the_picture(error: CallFailed) -> bool:
    """Zalo did not take a picture, and may take the words: it could not fetch it, or not read it."""
    if not isinstance(error, Refused) or is_gone(error):
        return False
    return is_final(error) or error.code == _TRANSIENT or error.code >= 500


def reason(error: Refused) -> str:
    """Zalo's words up to where they may quote the message."""
    return re.split(r"[:\"'«“]", error.description, maxsplit=1)[0][:60]


def trouble(error: CallFailed) -> str:
    """One line for the operator: what is wrong and what to do. Never quotes an address: the
    token stands in it."""
    match error:
        case Refused(code=401):
            line = "Zalo refuses the bot token (401): check [zalo_bot] token and api_base"
        case Refused(code=403):
            line = "Zalo has trouble of its own (403); trying again"
        case Refused(code=404):
            line = "Zalo does not know a method (404): check [zalo_bot] api_base"
        case Refused(code=429):
            line = "Zalo asks for a pause (429): the bot's plan may be used up"
        case Refused() if is_final(error):
            line = (
                f"Zalo refuses a call ({error.code}, {reason(error)}): make sure that no other "
                "program uses this bot's token"
            )
        case Refused():
            line = f"Zalo answers with an error of its own ({error.code})"
        case NoAnswer(late=True):
            line = "Zalo does not answer in time"
        case NoAnswer():
            line = f"Zalo cannot be reached ({error.kind})"
        case StrangeAnswer():
            line = f"Zalo answers strangely (HTTP {error.status}): check [zalo_bot] api_base"
        case _:
            line = "Zalo does not answer as it should"
    return line
