"""What a browser may do with our pages, and which of its requests are its owner's own."""

from modern_csrf.base import should_accept_request
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.shared_files import PATH as SHARED_FILES

_CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_UNUSED = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")


def security_headers(*, https: bool, shared: bool = False) -> Secure:
    """The headers of every response; HSTS only where people come by https. What is `shared` may
    be shown by others: a messenger's web client shows a picture right from here."""
    policy, corp = ContentSecurityPolicy(), CrossOriginResourcePolicy()
    for directive, value in _CSP.items():
        policy = policy.custom_directive(directive, *value.split())
    return Secure(
        csp=policy,
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=corp.cross_origin() if shared else corp.same_origin(),
        referrer=ReferrerPolicy().same_origin(),
        permissions=PermissionsPolicy().value(", ".join(f"{name}=()" for name in _UNUSED)),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
        hsts=StrictTransportSecurity().max_age(31536000) if https else None,
    )


class SecurityHeaders:
    """Puts these headers on every response, by its path, in place of any of the same name.

    The library's own middleware would encode them anew for each response.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._own = _raw(security_headers(https=https))
        self._shared = _raw(security_headers(https=https, shared=True))
        self._names = {name for name, _ in (*self._own, *self._shared)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ours = self._shared if scope["path"].startswith(f"{SHARED_FILES}/") else self._own

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                theirs = [each for each in message["headers"] if each[0] not in self._names]
                message["headers"] = [*theirs, *ours]
            await send(message)

        await self._app(scope, receive, safely)


def _raw(headers: Secure) -> list[tuple[bytes, bytes]]:
    """As ASGI has them: names in lower case."""
    return [
        (name.lower().encode("ascii"), value.encode("latin-1"))
        for name, value in headers.headers.items()
    ]


class OwnRequestsOnly:
    """Refuses a form that another site sends in a person's name (modern-csrf's rules).

    The library's own middleware would need asgiref and answers in plain text; its decision is
    what matters. Webhooks come from servers, carry a secret and are exempt.
    """

    def __init__(self, app: ASGIApp, *, trusted_origin: str) -> None:
        self._app, self._trusted = app, {trusted_origin}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith("/hooks/"):
            headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
            if not should_accept_request(
                method=scope["method"],
                origin=headers.get(b"origin"),
                sec_fetch_site=headers.get(b"sec-fetch-site"),
                host=headers.get(b"host"),
                trusted_origins=self._trusted,
            ):
                raise HTTPException(403)
        await self._app(scope, receive, send)
