"""One turn of a conversation: who did what, when, in which language, with which session."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from sqlmodel import Session

from handlers.messages import Incoming
from handlers.policy import Policy
from handlers.texts import Speech
from storage.queries.link import Identity, identify


@dataclass
class Turn:
    """All a handler may use. `now` is aware; `today` is the local day.

    `say` translates a sentence with named placeholders: `turn.say("Desk {name}", name=…)`.
    `buttons` tells whether the person sees buttons or a numbered list. `switch_language` is
    set by the flow that changes it. `kiosk` marks a tablet on a counter shared by everyone.
    """

    incoming: Incoming
    session: Session
    now: datetime
    policy: Policy
    say: Speech
    buttons: bool = True
    kiosk: bool = False
    switch_language: str | None = field(default=None)

    @cached_property
    def who(self) -> Identity | None:
        """The official behind this chat; None for a citizen. Asked of the database once a turn."""
        return identify(self.session, self.incoming.channel, self.incoming.chat)

    @property
    def official(self) -> Identity:
        """The official, where the route's permission has made sure there is one."""
        assert self.who is not None
        return self.who

    @property
    def today(self) -> date:
        """The local day of this installation."""
        return self.now.astimezone(self.policy.timezone).date()

    @property
    def text(self) -> str:
        """What was typed along with the action, stripped."""
        return (self.incoming.text or "").strip()
