"""Who is behind a page: a random id, in a signed cookie and in every form's signed token."""

import base64
import json
import secrets
from dataclasses import dataclass, replace
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from handlers.messages import Document
from handlers.texts import LANGUAGES
from storage.keys import Keys

DAY_S = 24 * 3600
OFFICIAL_S = 400 * DAY_S  # browsers keep no cookie for longer (RFC 6265bis, 5.5)
_RENEWED_AFTER_S = 30 * DAY_S
_LONGEST_QUERY = 60
_LONGEST_UNPACKED = 400
_MARKED_ANEW_S = 3600
_MARK = "staff device"


@dataclass(frozen=True)
class Visitor:
    """A person as far as a page knows: a random id that lives a day, and nothing else.

    `language` is set once they switched; `kiosk` marks the tablet on a counter, where every
    page view is somebody new. `official`: they linked this browser to themselves, so it is to
    know them for longer.
    """

    id: str
    language: str | None = None
    kiosk: bool = False
    official: bool = False

    def speaking(self, language: str | None) -> "Visitor":
        """The same visitor, who switched the language."""
        return replace(self, language=language)


@dataclass(frozen=True)
class Form:
    """What a page's form remembers of it, signed.

    `nonce` makes a repeated form recognisable. `action`, `key` and `text` are what the page
    answers: handled once more they show the same state, which is how a page changes its language.
    """

    visitor: Visitor
    nonce: str
    action: str
    key: str
    text: str = ""


def new_visitor(*, kiosk: bool = False) -> Visitor:
    """Somebody nobody has seen before (128 random bits)."""
    return Visitor(secrets.token_urlsafe(16), kiosk=kiosk)


def new_form(visitor: Visitor, action: str, key: str, text: str = "") -> Form:
    """The form of a page that answers `action`. A long text is a comment, which is stored."""
    kept = text if len(text) <= _LONGEST_QUERY else ""
    return Form(visitor, secrets.token_urlsafe(12), action, key, kept)


class _Serializer(URLSafeTimedSerializer):
    """Packs nothing that is short: that costs more than all the rest, to save a few letters."""

    def dump_payload(self, obj: Any) -> bytes:
        """See the library, which reads both."""
        written = json.dumps(obj, separators=(",", ":")).encode()
        if len(written) > _LONGEST_UNPACKED:
            return super().dump_payload(obj)
        return base64.urlsafe_b64encode(written).rstrip(b"=")


class Signatures:
    """Signs and reads cookies and form tokens; what is forged or too old is nobody's."""

    def __init__(self, keys: Keys, *, https: bool) -> None:
        signing = keys.web_signing()
        self._cookies = _Serializer(signing, salt="3tn/cookie")
        self._forms = _Serializer(signing, salt="3tn/form")
        self._orders = _Serializer(signing, salt="3tn/order")
        self._marks = _Serializer(signing, salt="3tn/staff device")
        self._keys = keys
        self.https = https
        # The prefix makes browsers refuse a cookie planted by a neighbouring host.
        self.cookie_name = "__Host-visitor" if https else "visitor"
        self.mark_name = "__Host-staff" if https else "staff"

    def write_cookie(self, visitor: Visitor) -> str:
        """The cookie's value."""
        return _text(self._cookies.dumps([visitor.id, visitor.language, int(visitor.official)]))

    def read_cookie(self, value: str | None) -> Visitor | None:
        """The visitor a cookie names, if we signed it within the last day; an official's lasts."""
        match self._load(self._cookies, value):
            case [str(id_), language, official]:
                return Visitor(id_, _known(language), official=bool(official))
        match self._load(self._cookies, value, OFFICIAL_S):
            case [str(id_), language, 1]:
                return Visitor(id_, _known(language), official=True)
        return None

    def is_ageing(self, value: str | None) -> bool:
        """Whether a cookie that lasts should be signed anew, so that it never ends while used."""
        return self._load(self._cookies, value, _RENEWED_AFTER_S) is None

    def write_form(self, form: Form) -> str:
        """The token that goes into a page's form."""
        who = form.visitor
        return _text(
            self._forms.dumps(
                [
                    [who.id, who.language, int(who.kiosk), int(who.official)],
                    [form.nonce, form.action, form.key, form.text],
                ]
            )
        )

    def read_form(self, token: str | None) -> Form | None:
        """What a token says, if we signed it within the last day."""
        match self._load(self._forms, token):
            case [
                [str(id_), language, kiosk, official],
                [str(nonce), str(action), str(key), str(text)],
            ]:
                visitor = Visitor(id_, _known(language), bool(kiosk), bool(official))
                return Form(visitor, nonce, action, key, text)
        return None

    def write_order(self, visitor: Visitor, part: Document) -> str:
        """What a download button sends: this file, for this visitor only."""
        return _text(self._orders.dumps([visitor.id, part.model_dump(mode="json")]))

    def read_order(self, visitor: Visitor, order: str) -> Document | None:
        """The file that was ordered, if we offered it to this visitor within the last day."""
        match self._load(self._orders, order):
            case [visitor.id, dict(part)]:
                return Document.model_validate(part)
        return None

    def write_mark(self) -> str:
        """What a browser keeps for a day once an official used it: that, and not who."""
        return _text(self._marks.dumps(_MARK))

    def is_marked(self, value: str | None, within: int = DAY_S) -> bool:
        """Whether a browser was marked in these last seconds."""
        return self._load(self._marks, value, within) == _MARK

    def is_freshly_marked(self, value: str | None) -> bool:
        """Whether a mark needs no renewing yet."""
        return self.is_marked(value, _MARKED_ANEW_S)

    def device(self, *seen: str) -> str:
        """A name for browsers that look alike, which nobody can compute from what was seen."""
        return self._keys.pseudonym("device", *seen)

    @staticmethod
    def _load(
        serializer: URLSafeTimedSerializer, value: str | None, max_age: int = DAY_S
    ) -> object:
        if not value:
            return None
        try:
            loaded: object = serializer.loads(value, max_age=max_age)
        except (BadData, UnicodeError):
            return None
        return loaded


def _text(signed: str | bytes) -> str:
    return signed if isinstance(signed, str) else signed.decode()


def _known(language: object) -> str | None:
    return language if isinstance(language, str) and language in LANGUAGES else None
