"""One turn of a conversation: who did what, when, in which language, with which session."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from sqlmodel import Session

from handlers.messages import Incoming
from handlers.policy import Policy
from handlers.texts import Speech
from storage.prepared import Question, Row
from storage.queries.link import Identity, asking_who, identify, identity, mark_reachable


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
        return self._reached(identify(self.session, self.incoming.channel, self.incoming.chat))

    def asking_who(self) -> Question | None:
        """The question for `who`, to be asked along with others; None where that is known."""
        if "who" in self.__dict__:
            return None
        return asking_who(self.session, self.incoming.channel, self.incoming.chat)

    def learn_who(self, rows: Sequence[Row]) -> None:
        """Take up the answer to `asking_who`."""
        self.__dict__["who"] = self._reached(identity(self.session, rows))

    def _reached(self, who: Identity | None) -> Identity | None:
        if who is not None and who.unreachable:
            mark_reachable(self.session, who.link_id)
        return who

    def recognise(self) -> None:
        """Look who this is, whatever they do: whoever writes is reachable again."""
        _ = self.who

    def look_again(self) -> None:
        """Ask the database anew who this is: they have just joined or left."""
        self.__dict__.pop("who", None)
        self.recognise()

    @property
    def known_official(self) -> bool | None:
        """Whether this is an official's chat; None while nothing in this turn had to know."""
        return self.__dict__["who"] is not None if "who" in self.__dict__ else None

    @property
    def official(self) -> Identity:
        """The official, where the route's permission has made sure there is one."""
        assert self.who is not None
        return self.who

    @cached_property
    def today(self) -> date:
        """The local day of this installation."""
        return self.now.astimezone(self.policy.timezone).date()

    @property
    def text(self) -> str:
        """What was typed along with the action, stripped. Half an emoji, which a messenger leaves
        where it cuts a long text, is shown as such: nothing could store or send it."""
        typed = (self.incoming.text or "").strip()
        return typed.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
