"""The menu of an official: who they are here, and what they may do. Flows add their line to HOME."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.citizen.actions import FIND, LANGUAGE
from handlers.member.actions import CHECKIN, MINE, OWN_SCORES, PLEDGE, REMINDERS
from handlers.member.shift_actions import SHIFT
from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.official.actions import CHATS, HOME_MENU, LEAVE
from handlers.organiser.people_actions import BELOW
from handlers.permissions import (
    Permission,
    anyone,
    keeps_desks,
    member,
    official,
    organiser,
    secretary,
)
from handlers.routing import Route
from handlers.secretary.actions import DIGEST
from handlers.secretary.desk_actions import DESKS
from handlers.secretary.invite_actions import INVITES
from handlers.secretary.report_actions import REPORTS
from handlers.texts import mark, other_languages
from handlers.turn import Turn
from storage.queries.link import Standing


@dataclass(frozen=True)
class Entry:
    """One line of the menu: its label (a marked sentence), what it does, who sees it.

    `typed` are the commands that do the same, by language.
    """

    label: str
    action: str
    may: Permission
    typed: Mapping[str, str]


HOME: tuple[Entry, ...] = (
    Entry(mark("Choose for today"), PLEDGE.build(), member, {"vi": "camket", "en": "pledge"}),
    Entry(mark("Say how it went"), CHECKIN.build(), member, {"vi": "baocao", "en": "checkin"}),
    Entry(mark("My shift"), SHIFT.build(), member, {"vi": "catruc", "en": "shift"}),
    Entry(mark("My record"), MINE.build(), member, {"vi": "cuatoi", "en": "mine"}),
    Entry(mark("My ratings"), OWN_SCORES.build(), member, {"vi": "diemcuatoi", "en": "scores"}),
    Entry(mark("The weekly digest"), DIGEST.build(), secretary, {"vi": "bantin", "en": "digest"}),
    Entry(mark("Periodic reports"), REPORTS.build(), secretary, {"vi": "baocaoky", "en": "report"}),
    Entry(
        mark("Members and invitations"),
        INVITES.build(),
        secretary,
        {"vi": "doanvien", "en": "members"},
    ),
    Entry(mark("Units below"), BELOW.build(), organiser, {"vi": "donvi", "en": "units"}),
    Entry(mark("Desks and posters"), DESKS.build(), keeps_desks, {"vi": "quay", "en": "desks"}),
    Entry(
        mark("Reminders and days off"), REMINDERS.build(), member, {"vi": "nhac", "en": "reminders"}
    ),
    Entry(mark("Chats and reminders"), CHATS.build(), official, {"vi": "kenh", "en": "chats"}),
    Entry(mark("Rate a desk"), FIND.build(), anyone, {"vi": "danhgia", "en": "rate"}),
)


def home_choices(turn: Turn) -> Choices:
    """What this official may do from here; the first line stands out."""
    say = turn.say
    entries = [each for each in HOME if each.may(turn)]
    choices = [
        Choice(label=say(each.label), action=each.action, look="plain" if index else "primary")
        for index, each in enumerate(entries)
    ]
    label = say("What would you like to do?")
    return Choices(label=label, choices=(*choices, *language_choices(turn)))


def language_choices(turn: Turn) -> list[Choice]:
    """A button for every other language."""
    return [
        Choice(label=name, action=LANGUAGE.build(to=code), look="quiet")
        for code, name in other_languages(turn.say.language)
    ]


def home(turn: Turn, *parts_first: Part) -> Sequence[Reply]:
    """The menu, with where this person stands right now. `parts_first` stand on top."""
    who, say = turn.official, turn.say
    if not who.standings:
        return [_nowhere(turn)]
    title = None if parts_first else Title(text=say("Hello {name}!", name=who.given_name))
    stands = [Text(text=standing_line(turn, each)) for each in who.standings]
    return [reply(*parts_first, title, *stands, home_choices(turn))]


def standing_line(turn: Turn, standing: Standing) -> str:
    """A role in a unit, as its holder reads it."""
    sentence = (
        mark("Secretary · {unit}") if standing.role == "secretary" else mark("Member · {unit}")
    )
    return turn.say(sentence, unit=standing.unit_name)


def _nowhere(turn: Turn) -> Reply:
    """The roster has this person nowhere any more: said politely, with the ways on."""
    say = turn.say
    return reply(
        Title(text=say("Hello {name}!", name=turn.official.given_name)),
        Text(
            text=say(
                "Your unit's list does not have your name any more, so there is nothing to log here. "
                "If that is a mistake, please tell your secretary."
            )
        ),
        Choices(
            label=say("What would you like to do?"),
            choices=(
                Choice(label=say("Rate a desk"), action=FIND.build(), look="primary"),
                Choice(label=say("Leave the program"), action=LEAVE.build(), look="quiet"),
            ),
        ),
    )


def show_home(turn: Turn) -> Sequence[Reply]:
    """The menu, asked for by a button."""
    return home(turn)


ROUTES = [Route(HOME_MENU, show_home, may=official)]
