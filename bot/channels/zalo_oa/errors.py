"""What Zalo's error codes mean: the closed set of send errors."""

from bot.channels.base import Broken, Gone, SendError, Shut, Throttled, TryAgain

TOKEN = frozenset({-216, -220})  # the access token is wrong, or has expired
OLDER_INTERFACE = -235  # this kind of account (a government's) is not served by v3
PACKAGE = -224  # the account's package does not allow it

_TOO_FAST = -32
_GONE = {-213, -244}  # does not follow the account; blocked it
_SHUT = {-230, -232}  # nothing may be sent before the person writes again
_OURS = {-201, -210, -233}  # a parameter is wrong, too long, of a kind that is not taken
_PAUSE_S, _PACKAGE_PAUSE_S = 60, 3600


def send_error(code: int) -> SendError:
    """The send error that a code of Zalo's means; none of them quotes a message."""
    if code == _TOO_FAST:
        return Throttled(_PAUSE_S, everyone=True)
    if code == PACKAGE:
        return Throttled(_PACKAGE_PAUSE_S, quota=True)
    if code in TOKEN:
        return Throttled(_PAUSE_S, everyone=True)  # what is queued waits for a token that works
    if code in _GONE:
        return Gone()
    if code in _SHUT:
        return Shut()
    return Broken(f"error {code}") if code in _OURS else TryAgain(f"error {code}")
