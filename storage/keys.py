"""Every key of an installation, derived from `[privacy] secret`: pseudonyms, seals, signatures."""

import base64
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RECEIPT_DIGITS = 10  # unless an installation has so many ratings that it gives out longer codes


def _derive(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose; HKDF-SHA256 (RFC 5869), so one purpose tells nothing of another."""
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"3tn/" + purpose.encode())
    return kdf.derive(secret.encode())


@lru_cache(maxsize=32)
def _begun(key: bytes) -> hmac.HMAC:
    """A key taken in. Copied for each message: `hmac.digest` would take it in anew, and let go of
    the interpreter's lock for it, which may be long in coming back."""
    return hmac.new(key, digestmod="sha256")


def keyed_hash(key: bytes, *parts: object) -> str:
    """HMAC-SHA256 of the parts, unambiguous in their lengths; 43 characters, URL-safe."""
    message = b""
    for part in parts:
        raw = str(part).encode()
        message += len(raw).to_bytes(4, "big") + raw
    hashed = _begun(key).copy()
    hashed.update(message)
    return base64.urlsafe_b64encode(hashed.digest())[:-1].decode()  # 32 bytes end in one "="


class Keys:
    """Pseudonyms and seals of one installation; older secrets still open, never seal.

    `receipt_digits`: how long the receipt codes are that it gives out.
    """

    def __init__(
        self, secret: str, old_secrets: tuple[str, ...] = (), receipt_digits: int = RECEIPT_DIGITS
    ) -> None:
        self.receipt_digits = receipt_digits
        secrets = (secret, *old_secrets)
        self._pseudonym = [_derive(each, "pseudonym") for each in secrets]
        self._web = [_derive(each, "web") for each in secrets]
        self._seal = MultiFernet(
            [Fernet(base64.urlsafe_b64encode(_derive(each, "seal"))) for each in secrets]
        )

    def pseudonym(self, purpose: str, *parts: object) -> str:
        """A name for something that may not be stored itself (a chat, an update, a receipt)."""
        return keyed_hash(self._pseudonym[0], purpose, *parts)

    def pseudonyms(self, purpose: str, *parts: object) -> list[str]:
        """The same under every secret still accepted, newest first: for looking up, not storing."""
        return [keyed_hash(key, purpose, *parts) for key in self._pseudonym]

    def seal(self, text: str) -> str:
        """Encrypt; the time a Fernet token carries in the clear is set to zero on purpose."""
        return self._seal.encrypt_at_time(text.encode(), current_time=0).decode()

    def open(self, sealed: str) -> str:
        """Decrypt what `seal` made; ValueError if no accepted secret opens it."""
        try:
            return self._seal.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise ValueError("sealed under a secret that is no longer configured") from error

    def web_signing(self) -> list[bytes]:
        """Keys that sign cookies and form tokens, oldest first (the order itsdangerous wants)."""
        return list(reversed(self._web))
