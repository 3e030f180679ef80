"""Other ways to the same: the doors a page offers, and what is typed where a link carries nothing."""

from collections.abc import Callable, Sequence

from bot.channels.base import Door
from bot.channels.web import NAME
from bot.config import Settings
from bot.dispatch import Handled
from bot.web.shell import Way
from bot.web.visits import Place, joins

DoorsOf = Callable[[str], Sequence[Door]]

# Zalo's links open a chat and say nothing in it: people send the code themselves.
TYPED = frozenset({"zalo_bot", "zalo_oa"})


class OtherDoors:
    """Finds the doors of a desk, an invitation or a desk's staff code."""

    def __init__(self, desks: DoorsOf, invitations: DoorsOf, staff: DoorsOf) -> None:
        self._desks, self._invitations, self._staff = desks, invitations, staff

    def of(self, place: Place, handled: Handled, action: str) -> Sequence[Way]:
        """Other ways to what a page of this place shows: on its first page, never on a tablet."""
        if place.kiosk or action != place.action:
            return ()
        return [
            Way(door, _code(place) if door.channel in TYPED else "")
            for door in self._doors(place, handled)
            if door.channel != NAME
        ]

    def _doors(self, place: Place, handled: Handled) -> Sequence[Door]:
        choices = [choice for each in handled.replies for choice in each.choices()]
        if place.staff:
            return self._staff(place.staff)
        if place.invitation:
            asked = any(joins(choice.action) for choice in choices)
            return self._invitations(place.invitation) if asked else ()
        asked = any(choice.look == "level" for choice in choices)
        return self._desks(place.desk) if asked else ()


def zalo_page(settings: Settings) -> Sequence[Door]:
    """The office's Zalo page as a plain link, where no program answers there. Where one does, its
    channel is the door, as long as it works."""
    if not settings.web.zalo_url or settings.zalo_url:
        return ()
    return [Door("zalo", settings.web.zalo_url)]


def _code(place: Place) -> str:
    """What means this place as a message. Short forms, not links: a messenger may pass on a link
    as something else than text."""
    if place.invitation:
        return f"i-{place.invitation}"
    return f"s-{place.staff}" if place.staff else place.desk
