"""Pages for what goes wrong: polite, in the person's language, with a way on."""

import secrets
from dataclasses import replace

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.observability import where
from bot.web.limits import is_upload
from bot.web.shared_files import PATH as SHARED_FILES
from bot.web.shell import Shell, Typed, View
from bot.web.visits import Visits
from handlers.messages import Choice, Choices, Text, Title, reply
from handlers.reports.narrative_file import MOST_BYTES
from handlers.texts import mark
from storage.errors import DatabaseUnavailable

log = structlog.get_logger("web")

REPORTS_PAGE = "/baocaoky"  # the only forms that take a file are a report's
_MACHINES = ("/hooks/", "/healthz", "/readyz", "/metrics", "/robots.txt", "/static/", "/favicon")
_SECONDS_TO_RETRY = {429: "20", 503: "5"}

_UNAVAILABLE = mark("Not saved yet. Please try again.")
_TOO_MANY = mark(
    "Too many answers at once from this device or network. Please try again in a minute."
)
_SAFE = mark("Nothing is lost: what you chose is kept on this page.")
_WORDINGS: dict[int, tuple[str, str]] = {
    403: (
        mark("This answer did not come from our own page."),
        mark("For your protection it was not taken. Please open the page again and answer there."),
    ),
    404: (
        mark("There is no such page."),
        mark("Please check the address, or scan the QR at the desk again."),
    ),
    405: (
        mark("This page cannot be opened this way."),
        mark("Please start again from the first page."),
    ),
    413: (
        mark("This is too long to be sent."),
        mark("Please go back, shorten what you wrote, and send it again."),
    ),
    500: (
        mark("Sorry, something went wrong on our side."),
        mark("Nothing was changed. If it happens again, tell us this reference: {reference}"),
    ),
}
_FILE_TOO_LARGE = (
    mark("This file is too large to be sent."),
    mark(
        "A file may have {most} MB at most. Nothing was changed: please choose a smaller one, or "
        "put its text into the field."
    ),
)
_EXPIRED = (
    mark("This link is no longer good."),
    mark("A picture or file can be fetched for a day. Please ask for it again in the chat."),
)
_UNREADABLE = (
    mark("We could not read what was sent."),
    mark("Please start again from the first page."),
)


class ErrorPages:
    """Draws the page for an error; machines get a plain line instead."""

    def __init__(self, shell: Shell, visits: Visits) -> None:
        self._shell, self._visits = shell, visits

    def page(self, request: Request, status: int, reference: str = "") -> Response:
        """The page of an HTTP status."""
        if request.scope["path"].startswith(_MACHINES):
            return PlainTextResponse(f"{status}\n", status)
        title, text = _WORDINGS.get(status, _UNREADABLE if status < 500 else _WORDINGS[500])
        file = status == 413 and is_upload(request.headers.get("content-type", ""))
        if file:
            title, text = _FILE_TOO_LARGE
        if status == 404 and request.scope["path"].startswith(f"{SHARED_FILES}/"):
            title, text = _EXPIRED
        place, language = self._visits.place(request), self._visits.language(request)
        say = self._shell.say(language)
        start = Choice(
            label=say("To the first page"), url=place.start, look="plain" if file else "primary"
        )
        reports = Choice(label=say("Periodic reports"), url=REPORTS_PAGE, look="primary")
        answer = reply(
            Title(text=say(title)),
            Text(text=say(text, reference=reference, most=MOST_BYTES // 2**20)),
            Choices(
                label=say("What would you like to do?"),
                choices=(reports, start) if file else (start,),
            ),
        )
        return self._shell.page(
            View((answer,), language, place.path, restarts=place.restarts, status=status)
        )

    def unavailable(self, request: Request, typed: Typed | None = None) -> Response:
        """The database does not answer, and nothing can be sent: open the page again. What was
        typed into a page that is too old is there to be copied."""
        place, language = self._visits.place(request), self._visits.language(request)
        say = self._shell.say(language)
        url = place.start if place.desk else request.scope["path"]
        again = Choice(label=say("Try again"), url=url, look="primary")
        answer = reply(
            Title(text=say("This page cannot be opened right now.")),
            Text(text=say("Please try again in a moment.")),
            Choices(label=say("What would you like to do?"), choices=(again,)),
        )
        view = View(
            (answer,), language, place.path, typed=typed, restarts=place.restarts, status=503
        )
        response = self._shell.page(view)
        response.headers["Retry-After"] = _SECONDS_TO_RETRY[503]
        return response

    def retry(self, view: View, *, too_many: bool) -> Response:
        """Nothing was stored: the same answer can be sent again, under the same token."""
        say = self._shell.say(view.language)
        status = 429 if too_many else 503
        why = _TOO_MANY if too_many else _UNAVAILABLE
        answer = reply(Title(text=say(why)), Text(text=say(_SAFE)))
        response = self._shell.page(replace(view, replies=(answer,), status=status))
        response.headers["Retry-After"] = _SECONDS_TO_RETRY[status]
        return response

    async def http_error(self, request: Request, error: Exception) -> Response:
        """For HTTPException, wherever it is raised."""
        assert isinstance(error, HTTPException)
        response = self.page(request, error.status_code)
        response.headers.update(error.headers or {})
        return response

    async def invalid(self, request: Request, _error: Exception) -> Response:
        """For a request whose parameters FastAPI refused."""
        return self.page(request, 422)

    def failed(self, request: Request, error: Exception) -> Response:
        """For what nobody foresaw: the reference on the page is the one in the log."""
        if isinstance(error, DatabaseUnavailable):
            if request.scope["path"].startswith(_MACHINES):
                return self.page(request, 503)
            return self.unavailable(request)
        reference = secrets.token_hex(4).upper()
        log.error("page failed", method=request.method, reference=reference, **where(error))
        return self.page(request, 500, reference)


class PoliteErrors:
    """Turns what escapes from the app into a page, as long as nothing was sent yet."""

    def __init__(self, app: ASGIApp, *, pages: ErrorPages) -> None:
        self._app, self._pages = app, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:  # the last place that can still answer
            if started:
                raise
            request = Request(scope)
            if isinstance(error, HTTPException):
                response = await self._pages.http_error(request, error)
            else:
                response = self._pages.failed(request, error)
            await response(scope, receive, send)
