"""The notes of a unit's members to the days of a week, as their check-in tells them: read here."""

from collections.abc import Sequence

from handlers.member.days import dated
from handlers.messages import Choice, Choices, Note, Reply, Text, Title, reply
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.actions import NOTES
from handlers.secretary.own_unit import closed_week
from handlers.secretary.ways_back import to_digest
from handlers.turn import Turn
from handlers.weeks import Week
from storage.queries.notes import MemberNote, count_notes, notes_between

PAGE = 5


def notes_choice(turn: Turn, unit: int, week: Week) -> list[Choice]:
    """The way to the notes, where there are any."""
    n = count_notes(turn.session, unit, week.first, week.last)
    if not n:
        return []
    label = turn.say("Notes of members ({n})", n=n)
    return [Choice(label=label, action=NOTES.build(unit=unit, week=week, page=0))]


def notes(turn: Turn, unit: int, week: Week, page: int) -> Sequence[Reply]:
    """A page of notes: who, which day, what."""
    say = turn.say
    standing = closed_week(turn, unit, week)
    days = week.first, week.last
    n = count_notes(turn.session, unit, *days)
    if not n:
        title = say("Week {week} has no notes of members.", week=week.number)
        return [reply(Title(text=title), _ways(turn, unit, week, 0, 0), fresh=True)]
    page = min(page, (n - 1) // PAGE)
    shown = notes_between(turn.session, unit, *days, skip=page * PAGE, most=PAGE)
    title = say(
        "Notes of members, week {week} – {unit}: {n}",
        week=week.number,
        unit=standing.unit_name,
        n=n,
    )
    return [
        reply(
            Title(text=title),
            *(Text(text=_line(turn, each)) for each in shown),
            Note(text=say("Only the member and the secretary of the unit read these.")),
            _ways(turn, unit, week, page, n),
            fresh=True,
        )
    ]


def _line(turn: Turn, note: MemberNote) -> str:
    say = turn.say
    text = note.text
    if text is None:
        text = say("(this note can no longer be opened)")
    day = dated(note.day, say)
    return say("{name}, {day}: {note}", name=note.full_name, day=day, note=text)


def _ways(turn: Turn, unit: int, week: Week, page: int, n: int) -> Choices:
    say, of = turn.say, {"unit": unit, "week": week}
    ways = []
    if page > 0:
        action = NOTES.build(page=page - 1, **of)
        ways.append(Choice(label=say("‹ Back"), action=action, look="quiet"))
    if (page + 1) * PAGE < n:
        action = NOTES.build(page=page + 1, **of)
        ways.append(Choice(label=say("More ›"), action=action, look="quiet"))
    ways.append(to_digest(say, unit, week))
    return Choices(label=say("What would you like to do?"), choices=tuple(ways))


ROUTES = [Route(NOTES, notes, secretary)]
