"""One turn of a conversation: who did what, when, in which language, with which session."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from handlers.messages import Incoming
from handlers.policy import Policy
from handlers.texts import Speech


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

    @property
    def today(self) -> date:
        """The local day of this installation."""
        return self.now.astimezone(self.policy.timezone).date()

    @property
    def text(self) -> str:
        """What was typed along with the action, stripped."""
        return (self.incoming.text or "").strip()
