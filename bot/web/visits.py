"""Where a request stands and who sends it: the desk, the tablet on its counter, the visitor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from bot.dispatch import Handled
from bot.web.identity import DAY_S, OFFICIAL_S, Form, Signatures, Visitor, new_visitor
from bot.web.limits import sender
from bot.web.requests import preferred_language
from handlers.citizen.actions import OPEN, START
from handlers.member.shift_actions import STAFF
from handlers.messages import Reply
from handlers.official.actions import JOIN, JOIN_AS, JOIN_NAMES, JOIN_YES
from handlers.official.link_code import looks_like_link_code
from handlers.staff_link import read_staff_payload
from handlers.texts import spoken

CHAT = "/chat"


@dataclass(frozen=True)
class Place:
    """Where a page lives: at a desk (on its counter's tablet or not), at an invitation (by its
    token), at a desk's staff code (its payload), or nowhere in particular."""

    desk: str = ""
    kiosk: bool = False
    invitation: str = ""
    staff: str = ""

    @property
    def path(self) -> str:
        """The address forms are sent to."""
        if self.invitation:
            return f"/i/{self.invitation}"
        if self.staff:
            return f"/s/{self.staff}"
        if not self.desk:
            return CHAT
        return f"/q/{self.desk}?kiosk" if self.kiosk else f"/q/{self.desk}"

    @property
    def restarts(self) -> str:
        """Where the page goes by itself when nobody touches it: only a tablet's does."""
        return self.path if self.kiosk else ""

    @property
    def start(self) -> str:
        """The address of the page people begin at here."""
        return self.path if self.desk else "/"

    @property
    def action(self) -> str:
        """What the page shows when it is opened."""
        if self.invitation:
            return JOIN.build(token=self.invitation)
        if self.staff:
            desk, _, token = self.staff.rpartition("-")
            return STAFF.build(desk=desk, token=token)
        return OPEN.build(desk=self.desk) if self.desk else START.build()


class Visits:
    """Finds the place and the visitor of a request, and sees that the visitor is known again.

    `kiosk_desks` are the codes with a shared tablet; "*" means every desk.
    """

    def __init__(self, signatures: Signatures, kiosk_desks: Iterable[str]) -> None:
        self.signatures = signatures
        self._kiosks = {code.upper() for code in kiosk_desks}

    def place(self, request: Request, form: Form | None = None) -> Place:
        """The desk of the address, or the invitation; the desk's tablet, where that is switched on
        and asked for."""
        path: str = request.scope["path"]
        if path.startswith("/i/") and (found := JOIN.match(f"join/{path.removeprefix('/i/')}")):
            token = found["token"]  # a code is typed: as an address it could be tried out
            return Place() if looks_like_link_code(token) else Place(invitation=token)
        if path.startswith("/s/") and (staff := read_staff_payload(path.removeprefix("/s/"))):
            known = OPEN.match(f"open/{staff[0]}") is not None
            return Place(staff="-".join(staff)) if known else Place()
        desk = path.removeprefix("/q/").upper() if path.startswith("/q/") else ""
        if OPEN.match(f"open/{desk}") is None:
            return Place()
        asked = "kiosk" in request.query_params or (form is not None and form.visitor.kiosk)
        return Place(desk, kiosk=asked and bool(self._kiosks & {desk, "*"}))

    def visitor(self, request: Request, place: Place) -> Visitor:
        """Who opens a page: on a shared tablet always somebody new."""
        if place.kiosk:
            return new_visitor(kiosk=True)
        return self.known(request) or new_visitor()

    def language(self, request: Request) -> str:
        """What to speak where no form says it: what was switched to, else what the client asks."""
        known = self.known(request)
        switched = known.language if known is not None else None
        return switched or spoken(preferred_language(request))

    def remember(self, request: Request, visitor: Visitor, response: Response) -> None:
        """Set the cookie where it does not say the same already.

        A citizen's is not renewed by use. An official's is, and a page that was opened before
        they joined does not take it from them. An official's browser is marked as one, too.
        """
        known = self.known(request)
        self._remember(request, known, visitor, response)
        if visitor.official or (known is not None and known.official):
            self._mark(request, response)

    def _remember(
        self, request: Request, known: Visitor | None, visitor: Visitor, response: Response
    ) -> None:
        if visitor.kiosk or (known == visitor and not self._fades(request, visitor)):
            return
        if known is not None and known.official and known.id != visitor.id and not visitor.official:
            return
        self.write(visitor, response)

    def write(self, visitor: Visitor, response: Response) -> None:
        """This browser is that visitor from now on, whoever it was."""
        lasts = OFFICIAL_S if visitor.official else DAY_S
        name, value = self.signatures.cookie_name, self.signatures.write_cookie(visitor)
        self._set(response, name, value, lasts)

    def _mark(self, request: Request, response: Response) -> None:
        name = self.signatures.mark_name
        if not self.signatures.is_freshly_marked(request.cookies.get(name)):
            self._set(response, name, self.signatures.write_mark(), DAY_S)

    def _set(self, response: Response, name: str, value: str, lasts: int) -> None:
        secure = self.signatures.https
        response.set_cookie(
            name, value, max_age=lasts, path="/", secure=secure, httponly=True, samesite="lax"
        )

    def unmark(self, response: Response) -> None:
        """Nobody's in particular from now on: for the demo, where one person plays everybody."""
        self._set(response, self.signatures.mark_name, "", 0)

    def is_staff_device(self, request: Request) -> bool:
        """Whether an official used this browser within a day."""
        return self.signatures.is_marked(request.cookies.get(self.signatures.mark_name))

    def device(self, request: Request) -> str:
        """One name for all browsers that look like this one; nothing of what it is made of is kept."""
        seen = (request.headers.get(name, "") for name in ("user-agent", "accept-language"))
        return self.signatures.device(sender(request), *seen)

    def after(self, request: Request, visitor: Visitor, handled: Handled) -> Visitor:
        """The visitor as an answer leaves them: in which language, and whether they are linked.

        A language is remembered only where it is not what the client asks for anyway.
        """
        official = handled.official
        if official is None:
            known = self.known(request)
            same = known is not None and known.id == visitor.id and known.official
            official = visitor.official or same
        visitor = replace(visitor, official=official and not visitor.kiosk)
        if visitor.language is None and handled.language == spoken(preferred_language(request)):
            return visitor
        return visitor.speaking(handled.language)

    def _fades(self, request: Request, visitor: Visitor) -> bool:
        value = request.cookies.get(self.signatures.cookie_name)
        return visitor.official and self.signatures.is_ageing(value)

    def known(self, request: Request) -> Visitor | None:
        """The visitor whose signed cookie comes along."""
        return self.signatures.read_cookie(request.cookies.get(self.signatures.cookie_name))


def knows_desk(replies: Sequence[Reply], desk: str) -> bool:
    """Whether an answer is about this desk: then one of its buttons names it."""
    return any(
        desk in choice.action.split("/")[1:2] for answer in replies for choice in answer.choices()
    )


def joins(action: str) -> bool:
    """Whether a button takes an invitation."""
    return any(each.match(action) for each in (JOIN_YES, JOIN_AS, JOIN_NAMES))
