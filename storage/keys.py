"""Every key of an installation, derived from `[privacy] secret`: pseudonyms, seals, signatures."""

import base64
import binascii
import hashlib
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RECEIPT_DIGITS = 10  # unless an installation has so many ratings that it gives out longer codes

_BLOCK = 64  # bytes of SHA-256's blocks (RFC 2104: B)
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_NONCE = 16  # bytes
_FIRST = b"\x01"  # of every text: not every OpenSSL encrypts nothing at all
_FOREIGN = "sealed under a secret that is no longer configured"
_MARK = "1."  # what is sealed begins so; Fernet tokens, as older databases have them, never do


def _derive(secret: str, purpose: str, length: int = 32) -> bytes:
    """Bytes for one purpose; HKDF-SHA256 (RFC 5869), so one purpose tells nothing of another."""
    kdf = HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=b"3tn/" + purpose.encode())
    return kdf.derive(secret.encode())


@lru_cache(maxsize=32)
def _begun(key: bytes) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    """A key taken in by the two hashes of HMAC. Copied for each message: `hmac.digest` would take it
    in anew, and let go of the interpreter's lock for it, which may be long in coming back."""
    block = key.ljust(_BLOCK, b"\0")
    return hashlib.sha256(block.translate(_INNER)), hashlib.sha256(block.translate(_OUTER))


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104), 32 bytes; the key has at most 64."""
    inner, outer = _begun(key)
    inner, outer = inner.copy(), outer.copy()
    inner.update(message)
    outer.update(inner.digest())
    return outer.digest()


def keyed_hash(key: bytes, *parts: object) -> str:
    """HMAC-SHA256 of the parts, unambiguous in their lengths; 43 characters, URL-safe."""
    message = b""
    for part in parts:
        raw = str(part).encode()
        message += len(raw).to_bytes(4, "big") + raw
    encoded = binascii.b2a_base64(mac(key, message), newline=False)
    return encoded.translate(_URL_SAFE)[:-1].decode()  # 32 bytes end in one "="


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
        self._seals = [AESSIV(_derive(each, "seal/siv", 64)) for each in secrets]
        self._fernet = MultiFernet(
            [Fernet(base64.urlsafe_b64encode(_derive(each, "seal"))) for each in secrets]
        )

    def pseudonym(self, purpose: str, *parts: object) -> str:
        """A name for something that may not be stored itself (a chat, an update, a receipt)."""
        return keyed_hash(self._pseudonym[0], purpose, *parts)

    def pseudonyms(self, purpose: str, *parts: object) -> list[str]:
        """The same under every secret still accepted, newest first: for looking up, not storing."""
        return [keyed_hash(key, purpose, *parts) for key in self._pseudonym]

    def seal(self, text: str) -> str:
        """Encrypt: AES-256-SIV (RFC 5297) with a random nonce. What was sealed says nothing of when."""
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._seals[0].encrypt(_FIRST + text.encode(), [nonce])
        return _MARK + binascii.b2a_base64(sealed, newline=False).decode()

    def open(self, sealed: str) -> str:
        """Decrypt what `seal` made, in this release or one before; ValueError if no accepted secret
        opens it."""
        if not sealed.startswith(_MARK):
            return self._open_fernet(sealed)
        raw = base64.b64decode(sealed[len(_MARK) :])
        nonce, content = raw[:_NONCE], raw[_NONCE:]
        for each in self._seals:
            try:
                opened = each.decrypt(content, [nonce])
            except InvalidTag:
                continue
            return opened[len(_FIRST) :].decode()
        raise ValueError(_FOREIGN)

    def _open_fernet(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise ValueError(_FOREIGN) from error

    def web_signing(self) -> list[bytes]:
        """Keys that sign cookies and form tokens, oldest first (the order itsdangerous wants)."""
        return list(reversed(self._web))
