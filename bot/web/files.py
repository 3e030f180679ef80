"""Files to keep: made when the button that orders them is pressed, for whom it was shown to."""

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.drawing import Drawing
from bot.web.errors import ErrorPages
from bot.web.file_names import quoted_name
from bot.web.limits import PostLimit
from bot.web.requests import form_of
from bot.web.visits import Visits

FILE = "/file"


class Files:
    """POST /file: the order is signed and names its visitor, who must be the page's."""

    def __init__(
        self, drawing: Drawing, errors: ErrorPages, visits: Visits, posts: PostLimit
    ) -> None:
        self._drawing, self._errors, self._visits, self._posts = drawing, errors, visits, posts

    def routes(self) -> list[Route]:
        """Addresses, in order."""
        return [Route(FILE, self.give, methods=["POST"])]

    async def give(self, request: Request) -> Response:
        """The file, to be saved."""
        async with form_of(request, max_files=1) as fields:  # a page with a field for files
            token, order = fields.get("token"), fields.get("document")
        signatures = self._visits.signatures
        form = signatures.read_form(token if isinstance(token, str) else None)
        if form is None or not isinstance(order, str):
            return self._errors.page(request, 400)
        part = signatures.read_order(form.visitor, order)
        if part is None:
            return self._errors.page(request, 403)
        who = form.visitor
        if not self._posts.admits(request, who.id, official=who.official):
            return self._errors.page(request, 429)
        made = await self._drawing.drawn(part, self._visits.language(request))
        if made is None:
            return self._errors.page(request, 500, secrets.token_hex(4).upper())
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quoted_name(part.name)}",
        }
        return Response(made.content, media_type=made.media_type, headers=headers)
