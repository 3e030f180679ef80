"""The link behind a desk's staff QR, which hangs where only staff sees it: it begins a shift."""

import base64
import hmac

from storage.keys import Keys

_LETTERS = 16  # 80 bits in base32


def staff_token(keys: Keys, desk: str) -> str:
    """What proves that somebody stood before the staff QR of a desk: 16 characters a-z, 2-7."""
    return _token(keys.pseudonym("staff desk", desk.upper()))


def is_staff_token(keys: Keys, desk: str, token: str) -> bool:
    """Whether a token is that desk's, under any secret still accepted."""
    names = keys.pseudonyms("staff desk", desk.upper())
    found = [hmac.compare_digest(_token(name), token.lower()) for name in names]
    return any(found)


def staff_url(public_url: str, keys: Keys, desk: str) -> str:
    """The address in the staff QR; as a deep link's payload it is `s-<desk>-<token>`."""
    return f"{public_url}/s/{desk}-{staff_token(keys, desk)}"


def read_staff_payload(payload: str) -> tuple[str, str] | None:
    """Desk code and token of `<desk>-<token>`; a desk's code may hold hyphens, a token does not."""
    desk, hyphen, token = payload.rpartition("-")
    shaped = len(token) == _LETTERS and token.isascii() and token.isalnum()
    return (desk.upper(), token.lower()) if hyphen and desk and shaped else None


def _token(name: str) -> str:
    return base64.b32encode(base64.urlsafe_b64decode(f"{name}="))[:_LETTERS].decode().lower()
