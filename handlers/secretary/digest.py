"""/bantin: any closed week of one's own unit, and what can be done with it."""

import re
from collections.abc import Sequence

from handlers.digest.build import build
from handlers.digest.chart import sheet
from handlers.digest.figures import Digest
from handlers.digest.text import group_text
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.organiser.rollup_message import rollup_message
from handlers.permissions import secretary
from handlers.rollup.build import build_week
from handlers.routing import Route
from handlers.secretary.actions import (
    DIGEST,
    GROUP_TEXT,
    MORE,
    SHEET,
    STOP,
    WEEK,
    WHEN,
)
from handlers.secretary.comments import hidden_choice
from handlers.secretary.digest_message import FIRST, digest_message, next_steps
from handlers.secretary.disputed_days import disputes_choice
from handlers.secretary.notes import notes_choice
from handlers.secretary.own_unit import closed_week, is_closed
from handlers.secretary.setting_actions import UNIT_SETTINGS
from handlers.secretary.ways_back import only_to_digest
from handlers.turn import Turn
from handlers.weeks import Week, newest_closed, read_week
from storage.queries.rollup import has_below

_WEEK = re.compile(r"2\d{3}-?[Ww]\d{1,2}")


def digest_of(turn: Turn, unit: int, week: Week) -> Digest:
    """The digest of one's own unit's week; refused for another's, or a week still running."""
    closed_week(turn, unit, week)
    return build(turn.session, unit, week, turn.policy)


def bulletin(turn: Turn) -> Sequence[Reply]:
    """The newest closed week, or the one that was typed ("/bantin 2026-W40")."""
    week = _asked_for(turn) or newest_closed(turn.today)
    units = turn.official.units("secretary")
    if len(units) == 1:
        return show_week(turn, units[0].unit_id, week)
    title = turn.say("The digest of which unit?")
    choices = tuple(
        Choice(label=each.unit_name, action=WEEK.build(unit=each.unit_id, week=week))
        for each in units
    )
    return [reply(Title(text=title), Choices(label=title, choices=choices))]


def _asked_for(turn: Turn) -> Week | None:
    found = _WEEK.search(turn.text)
    if found is None:
        return None
    try:
        return read_week(found[0])
    except ValueError:  # such as week 53 of a year that has 52
        return None


def show_week(turn: Turn, unit: int, week: Week) -> Sequence[Reply]:
    """One week as it would be sent: of a unit with units below it, all of them together."""
    closed_week(turn, unit, week)
    if has_below(turn.session, unit, week.first, week.last):
        return [rollup_message(build_week(turn.session, unit, week, turn.policy), turn.say)]
    return [digest_message(digest_of(turn, unit, week), turn.say)]


def more(turn: Turn, unit: int, week: Week) -> Sequence[Reply]:
    """The next steps that did not fit under the digest."""
    say, digest = turn.say, digest_of(turn, unit, week)
    choices = [*next_steps(digest, say)[FIRST:], *notes_choice(turn, unit, week)]
    choices += [*hidden_choice(turn, unit, week), disputes_choice(turn)]
    if is_closed(turn, unit, week.after()):
        following = WEEK.build(unit=unit, week=week.after())
        choices.append(Choice(label=say("Next week"), action=following))
    choices += [
        Choice(label=say("Another day or time"), action=WHEN.build(unit=unit), look="quiet"),
        Choice(label=say("Stop the digest"), action=STOP.build(unit=unit), look="quiet"),
        Choice(
            label=say("Settings of your unit"), action=UNIT_SETTINGS.build(unit=unit), look="quiet"
        ),
    ]
    title = say("Week {week} – {unit}", week=week.number, unit=digest.unit_name)
    return [
        reply(Title(text=title), Choices(label=title, choices=tuple(choices)), fresh=True),
    ]


def for_the_group(turn: Turn, unit: int, week: Week) -> Sequence[Reply]:
    """A plain text in a message of its own, to copy or forward; the way back is not in it."""
    text, say = group_text(digest_of(turn, unit, week), turn.say), turn.say
    intro = Text(text=say("To paste into the branch's group chat:"))
    return [
        reply(intro, only_to_digest(say, unit, week), fresh=True),
        reply(Text(text=text), fresh=True),
    ]


def spreadsheet(turn: Turn, unit: int, week: Week) -> Sequence[Reply]:
    """The figures of five weeks as a file; no comments, no names."""
    digest = digest_of(turn, unit, week)
    say = turn.say
    text = Text(text=say("The figures of week {week} as a spreadsheet.", week=week.number))
    return [reply(text, sheet(digest, say), only_to_digest(say, unit, week), fresh=True)]


ROUTES = [
    Route(DIGEST, bulletin, secretary),
    Route(WEEK, show_week, secretary),
    Route(MORE, more, secretary),
    Route(GROUP_TEXT, for_the_group, secretary),
    Route(SHEET, spreadsheet, secretary),
]
