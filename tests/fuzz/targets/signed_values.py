"""Cookies, form tokens, orders and addresses of files: forged, cut, grown, signed for something else."""

from collections.abc import Callable

from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from tests.fuzz.given import Given
from tests.fuzz.ground import Ground, ground
from tests.fuzz.watching import Finding
from tests.handlers.access.organisation import chat_of

_SALTS = ("3tn/cookie", "3tn/form", "3tn/order", "3tn/file", "other")
_SHAPES: tuple[object, ...] = (
    ["id", None, 0],
    ["id", "vi", 1],
    ["id", "vi", [1]],
    ["id", {"a": 1}, 1],
    [["id", None, 0, 1], ["n", "start", "k", ""]],
    [["id", None, 0, 1], ["n", "open/QC11", "k/1", "a"]],
    ["id", {"kind": "document"}],
    ["id", {"kind": "document", "recipe": "x", "name": "a", "data": {}}],
    "sixteen-random-letters",
    0,
    None,
    {},
)
SEEDS = [bytes([number % 2, number % 5, number, number, 0]) for number in range(48)]


def run(data: bytes) -> None:
    """Show one value wherever it could count."""
    given, here = Given(data), ground()
    honest = given.yes(64)
    value = _bent(given, _signed(here, given) if honest else _forged(given))
    ways: tuple[Callable[[], None], ...] = (
        lambda: _cookie(here, value),
        lambda: _token(here, value),
        lambda: _order(here, value),
        lambda: _file(here, value),
    )
    given.pick(ways)()
    if not honest and here.signatures.read_cookie(value) is not None:
        raise Finding("a forged cookie is taken", value)


def _signed(here: Ground, given: Given) -> str:
    """What we signed ourselves, of a shape that is perhaps another's."""
    keys, salt = here.database.keys.web_signing(), given.pick(_SALTS)
    kind = URLSafeSerializer if salt == "3tn/file" else URLSafeTimedSerializer
    shape = given.pick((*_SHAPES, [chat_of("C1S"), None, 1]))
    return str(kind(keys, salt=salt).dumps(shape))


def _forged(given: Given) -> str:
    keys = given.pick((b"", b"secret", b"\x00" * 32))
    return str(URLSafeTimedSerializer(keys, salt="3tn/cookie").dumps([chat_of("C1S"), None, 1]))


def _bent(given: Given, value: str) -> str:
    change = given.number(8)
    if change == 0:
        return value[: given.number(len(value) + 1)]
    if change == 1:
        at = given.number(len(value))
        return value[:at] + given.text(6) + value[at + 1 :]
    if change == 2:
        return given.text()
    if change == 3:
        return "." + value * given.number(50)
    if change == 4:
        return given.rest().decode("latin-1")
    return value


def _cookie(here: Ground, value: str) -> None:
    raw = value.encode("latin-1", "replace").translate(None, b"\r\n\x00")
    headers = [(b"host", b"127.0.0.1:8080"), (b"cookie", b"visitor=" + raw)]
    here.does(lambda: here.asks("GET", b"/toi", headers))
    here.does(lambda: here.asks("GET", b"/nhan", headers))


def _token(here: Ground, value: str) -> None:
    _post(here, b"/q/QC11", {"token": value, "action": "find", "text": "a"})


def _order(here: Ground, value: str) -> None:
    _post(here, b"/file", {"token": value, "document": value})


def _file(here: Ground, value: str) -> None:
    path = (
        b"/tep/"
        + value.encode("utf-8", "replace").replace(b"/", b"").replace(b"?", b"")
        + b"/a.png"
    )
    here.does(lambda: here.asks("GET", path, [(b"host", b"127.0.0.1:8080")]))


def _post(here: Ground, path: bytes, fields: dict[str, str]) -> None:
    from urllib.parse import urlencode

    body = urlencode(fields, errors="replace").encode()
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    here.does(lambda: here.asks("POST", path, headers, body))
