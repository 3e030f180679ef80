"""Through which one of their chats a person is written to unasked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from sqlmodel import Session

from handlers.policy import Policy
from storage.database import keys_of
from storage.keys import Keys
from storage.queries.doors import best_link, first_link, is_open, shut_doors
from storage.tables import Link


@dataclass(frozen=True)
class Doors:
    """What is open at one moment: `shut` are the channels that take nothing, `windows` how long
    after a person's message the others do."""

    keys: Keys
    shut: frozenset[str]
    now: datetime
    windows: Mapping[str, timedelta]

    def of(self, links: Iterable[Link]) -> Link | None:
        """Where a person gets reminders and digests: in the chat they prefer, else the newest; in
        the next one where that is shut. If all are, it waits for the first one to open. None for
        somebody who wants nothing anywhere, or cannot be reached.
        """
        known = [link for link in links if self.is_known(link)]
        return best_link(known, self.shut, self.now, self.windows) or first_link(known)

    def told_in(self, links: Iterable[Link]) -> Link | None:
        """The same for what a person has to hear, even if they want no reminders."""
        links = list(links)
        reached = [link for link in links if not link.unreachable and self.is_known(link)]
        newest = sorted(reached, key=attrgetter("id"), reverse=True)
        return self.of(links) or next(filter(self.is_open, newest), next(iter(newest), None))

    def is_open(self, link: Link) -> bool:
        """Whether a message to this chat would leave at once."""
        return is_open(link, self.shut, self.now, self.windows)

    def is_known(self, link: Link) -> bool:
        """Whether a configured secret still opens where this chat is."""
        try:
            self.keys.open(link.address)
        except ValueError:
            return False
        return True


def doors_now(session: Session, now: datetime, policy: Policy) -> Doors:
    """The doors as they are at this moment."""
    shut = frozenset(shut_doors(session, now))
    return Doors(keys_of(session), shut, now, policy.windows)
