"""Addresses of pictures and files for messengers that fetch them: signed, and good for a day."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from itsdangerous import BadData, URLSafeSerializer
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.drawing import Drawing
from bot.web.file_names import quoted_name
from handlers.messages import Document, Picture
from handlers.texts import DEFAULT
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.queries.shared_files import share_file, shared_file

if TYPE_CHECKING:
    from bot.web.errors import ErrorPages

PATH = "/tep"
LIVES = timedelta(days=1)
_SHARED: TypeAdapter[Picture | Document] = TypeAdapter(Picture | Document)
_PRIVATE = {"Cache-Control": "private, max-age=3600", "X-Robots-Tag": "noindex"}


class SharedFiles:
    """Whoever has an address may fetch the file until it expires; an address cannot be made up:
    its token has 128 random bits and is signed. The file is drawn when it is fetched, by any
    process on this database."""

    def __init__(
        self, database: Database, public_url: str, drawing: Drawing, clock: Callable[[], datetime]
    ) -> None:
        self._database, self._drawing, self._clock = database, drawing, clock
        self._public_url = public_url.rstrip("/")
        self._signed = URLSafeSerializer(database.keys.web_signing(), salt="3tn/file")

    async def address(self, part: Picture | Document, language: str = DEFAULT) -> str:
        """Where this picture or file can be fetched for a day. Raises DatabaseUnavailable."""
        token, expires = secrets.token_urlsafe(16), self._clock() + LIVES
        content = {"part": part.model_dump(mode="json"), "language": language}
        await self._database.run(
            lambda session: share_file(session, token, content, expires=expires)
        )
        signed = self._signed.dumps(token)
        name = signed if isinstance(signed, str) else signed.decode()
        return f"{self._public_url}{PATH}/{name}/{quoted_name(_file_name(part))}"

    def routes(self, errors: "ErrorPages") -> list[Route]:
        """GET /tep/<signed token>/<file name>."""

        async def give(request: Request) -> Response:
            return await self._give(request, errors)

        return [Route(f"{PATH}/{{token}}/{{name}}", give, methods=["GET", "HEAD"])]

    async def _give(self, request: Request, errors: "ErrorPages") -> Response:
        token = self._token(request.path_params["token"])
        if token is None:
            return errors.page(request, 404)
        try:
            found = await self._database.run(
                lambda session: shared_file(session, token, self._clock())
            )
        except DatabaseUnavailable:
            return errors.unavailable(request)
        if found is None:
            return errors.page(request, 404)
        part = _SHARED.validate_python(found["part"])
        made = await self._drawing.drawn(part, found["language"])
        if made is None:
            return errors.page(request, 500, secrets.token_hex(4).upper())
        headers = dict(_PRIVATE)
        if isinstance(part, Document):
            headers["Content-Disposition"] = (
                f"attachment; filename*=UTF-8''{quoted_name(part.name)}"
            )
        return Response(made.content, media_type=made.media_type, headers=headers)

    def _token(self, signed: str) -> str | None:
        try:
            token: object = self._signed.loads(signed)
        except (BadData, UnicodeError):
            return None
        return token if isinstance(token, str) else None


def _file_name(part: Picture | Document) -> str:
    """What the address ends with: some messengers know a picture by it."""
    return part.name if isinstance(part, Document) else f"{part.recipe}.png"
