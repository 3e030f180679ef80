"""What a browser sent, as plain values: the fields of a form, the language it prefers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.web.shell import Typed
from handlers.citizen.actions import COMMENT, DONE
from handlers.messages import SentFile, sound
from handlers.texts import LANGUAGES

_MOST_FIELDS = 12
_PLAIN_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Posted:
    """A form as it came. `field` is the action its free text answers: another button on the same
    page leaves the text where it was, and a file unread."""

    action: str
    text: str
    field: str
    token: str
    file: SentFile | None = None

    @property
    def taken_file(self) -> SentFile | None:
        """The file, if the pressed button takes it."""
        return self.file if self.field == self.action else None

    @property
    def taken_text(self) -> str | None:
        """The text, if the pressed button takes it; "Done" takes a comment not sent yet."""
        takes = self.field in {"", self.action} or self._finishes
        return self.text if self.text and takes else None

    @property
    def _finishes(self) -> bool:
        done, comment = DONE.match(self.action), COMMENT.match(self.field)
        return done is not None and done == comment

    @property
    def any_text(self) -> Typed | None:
        """Whatever was typed."""
        return Typed(self.field or self.action, self.text) if self.text else None

    @property
    def all_typed(self) -> Typed | None:
        """Likewise; a file keeps its field too, though nothing was typed."""
        return self.any_text or (None if self.file is None else Typed(self.field, ""))

    @property
    def kept(self) -> Typed | None:
        """What was typed but not taken."""
        return None if self.taken_text is not None else self.any_text


@asynccontextmanager
async def form_of(
    request: Request, *, max_files: int, max_fields: int = _MOST_FIELDS
) -> AsyncIterator[FormData]:
    """The fields of a request, in letters that can be written again: a form names its encoding
    itself, and Python knows some that are none of text."""
    if request.headers.get("content-type") == _PLAIN_FORM:
        yield _plain(await request.body(), max_fields)
        return
    try:
        form = await request.form(max_files=max_files, max_fields=max_fields)
    except (UnicodeError, LookupError):
        raise HTTPException(400) from None
    try:
        yield FormData(
            [
                (sound(name), sound(value) if isinstance(value, str) else value)
                for name, value in form.multi_items()
            ]
        )
    finally:
        await form.close()


def _plain(body: bytes, max_fields: int) -> FormData:
    """The fields of nearly every form: in UTF-8, without files. A parser that takes a body bit by
    bit costs ten times as much."""
    try:
        fields = parse_qsl(
            body.decode("latin-1"), keep_blank_values=True, max_num_fields=max_fields
        )
    except ValueError:
        raise HTTPException(400) from None
    return FormData([(sound(name), sound(value)) for name, value in fields])


async def read_post(request: Request) -> Posted:
    """The form of a request with at most one file; unknown fields are ignored."""
    async with form_of(request, max_files=1, max_fields=_MOST_FIELDS) as form:
        values = {name: value for name, value in form.items() if isinstance(value, str)}
        file = await _file(form.get("file"))
    field = values.get("field", "")
    return Posted(
        action=values.get("action", "") or field,
        text=_clean(values.get("text", "")),
        field=field,
        token=values.get("token", ""),
        file=file,
    )


async def _file(sent: object) -> SentFile | None:
    """What came in the field for files; browsers send a nameless one where none was chosen."""
    if not isinstance(sent, UploadFile) or not sent.filename:
        return None
    return SentFile(sent.filename, await sent.read())


def _clean(text: str) -> str:
    """Lines end in \\n (forms send \\r\\n, which no length limit counts); no control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t").strip()


def preferred_language(request: Request) -> str | None:
    """The first language of Accept-Language that we speak, by weight (RFC 9110, 12.5.4)."""
    weighted = []
    for index, item in enumerate(request.headers.get("accept-language", "").split(",")[:20]):
        tag, _, parameters = item.strip().partition(";")
        language = tag.split("-")[0].lower()
        if language in LANGUAGES and (weight := _weight(parameters)) > 0:
            weighted.append((-weight, index, language))
    return min(weighted)[2] if weighted else None


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
