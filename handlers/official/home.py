"""The menu of an official: who they are here, and what they may do. Flows add their line to HOME."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.citizen.actions import FIND, LANGUAGE
from handlers.member.actions import CHECKIN, MINE, OWN_SCORES, PLEDGE, REMINDERS
from handlers.member.shift_actions import SHIFT
from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.official.actions import CHATS, HOME_MENU, LEAVE
from handlers.official.waiting import what_waits
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


_OF_THE_UNIT = (secretary, organiser, keeps_desks)


def home_choices(turn: Turn) -> Choices:
    """What this official may do from here; the first line stands out."""
    of_unit, own = _lines(turn)
    label = turn.say("What would you like to do?")
    return Choices(label=label, choices=(*of_unit, *own, *language_choices(turn)))


def _lines(turn: Turn) -> tuple[list[Choice], list[Choice]]:
    """What a secretary does for the unit, which stands first, and what is one's own."""
    entries = [each for each in HOME if each.may(turn)]
    of_unit = [each for each in entries if each.may in _OF_THE_UNIT]
    own = [each for each in entries if each.may not in _OF_THE_UNIT]
    choices = [
        Choice(label=turn.say(each.label), action=each.action, look="plain" if index else "primary")
        for index, each in enumerate((*of_unit, *own))
    ]
    return choices[: len(of_unit)], choices[len(of_unit) :]


def _menu(turn: Turn) -> list[Part]:
    """The same in two groups, each with its heading, where there is something for the unit."""
    of_unit, own = _lines(turn)
    if not of_unit:
        return [home_choices(turn)]
    say = turn.say
    unit_title, own_title = say("For your unit"), say("For you")
    return [
        Choices(label=unit_title, choices=tuple(of_unit), headed=True),
        Choices(label=own_title, choices=(*own, *language_choices(turn)), columns=2, headed=True),
    ]


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
    stands = [Text(text=each) for each in standing_lines(turn, who.standings)]
    return [reply(*parts_first, title, *stands, what_waits(turn), *_menu(turn))]


def standing_lines(turn: Turn, standings: Sequence[Standing]) -> list[str]:
    """The roles of somebody as they read them: a line a unit, those they lead first."""
    roles: dict[tuple[int, str], set[str]] = {}
    for each in standings:
        roles.setdefault((each.unit_id, each.unit_name), set()).add(each.role)
    lines = sorted(roles.items(), key=lambda each: "secretary" not in each[1])
    return [turn.say(_standing(held), unit=name) for (_, name), held in lines]


def _standing(roles: set[str]) -> str:
    if roles == {"secretary", "member"}:
        return mark("Secretary and member · {unit}")
    return mark("Secretary · {unit}") if "secretary" in roles else mark("Member · {unit}")


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
