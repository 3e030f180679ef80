"""Help for an official: what they may type, by role."""

from collections.abc import Sequence

from handlers.messages import Reply, Text, Title, reply
from handlers.official.actions import LEAVE
from handlers.official.home import HOME, Entry, home_choices
from handlers.permissions import official, secretary
from handlers.secretary.dispute_actions import DISPUTES
from handlers.secretary.setting_actions import SETTINGS
from handlers.texts import mark
from handlers.turn import Turn

TYPED: tuple[Entry, ...] = (
    *HOME,
    Entry(
        mark("Settings of your unit"),
        SETTINGS.build(),
        secretary,
        {"vi": "caidat", "en": "settings"},
    ),
    Entry(
        mark("Days that were not their shift"),
        DISPUTES.build(),
        secretary,
        {"vi": "ngaytruc", "en": "disputes"},
    ),
    Entry(mark("Leave the program"), LEAVE.build(), official, {"vi": "roi", "en": "leave"}),
)


def commands(turn: Turn) -> Sequence[Reply]:
    """Every command this official may use, and their menu."""
    say = turn.say
    lines = [
        say("/{command}: {meaning}", command=each.typed[say.language], meaning=say(each.label))
        for each in TYPED
        if each.may(turn)
    ]
    return [
        reply(
            Title(text=say("What you can type at any time")),
            Text(text="\n".join(lines)),
            home_choices(turn),
        )
    ]
