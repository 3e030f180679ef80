"""Opening a desk: the question with its five answers, or what to do with today's earlier answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from handlers.citizen.actions import ASK, FIND, OPEN, RATE, RECEIPT, SAY, SEE
from handlers.citizen.find_desk import PAGE, desk_choice, search_field
from handlers.citizen.guessing import open_by_code
from handlers.citizen.improvements import improvements
from handlers.citizen.notice import notice
from handlers.citizen.scheme import LEVELS, level_choice
from handlers.messages import Choice, Choices, Note, Reply, Text, Title, reply
from handlers.references import ByCode, Mine, RatingRef
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.desk import DeskWithUnit, desk_by_id, find_desk, open_desks
from storage.queries.rating import Encounter, find_mine, rated_encounters
from storage.tables import Rating

MOST_ENCOUNTERS = 9  # of one person at one desk on one day


def encounter(turn: Turn, mine: Mine) -> Encounter:
    """The encounter the presser means."""
    return Encounter(turn.incoming.channel, turn.incoming.person, mine.desk, mine.day, mine.nth)


def find_rating(turn: Turn, of: RatingRef) -> Rating | None:
    """The rating a reference means to the presser, withdrawn ones included."""
    if isinstance(of, ByCode):
        return open_by_code(turn, of.code)
    desk = find_desk(turn.session, of.desk)
    return None if desk is None else own_rating(turn, desk, of)


def own_rating(turn: Turn, desk: DeskWithUnit, of: Mine) -> Rating | None:
    """The presser's own rating of this encounter at a desk that was found."""
    return find_mine(turn.session, encounter(turn, of), desk.id)


def question(turn: Turn, desk: DeskWithUnit, of: RatingRef, rating: Rating | None) -> Reply:
    """The question; the level given before is marked."""
    say = turn.say
    levels = Choices(
        label=say("How satisfied are you with today's service?"),
        choices=tuple(
            level_choice(
                say,
                level,
                RATE.build(of=of, level=level),
                chosen=None if rating is None else rating.level == level,
            )
            for level in LEVELS
        ),
    )
    greeting = say("Welcome! Please take 30 seconds to rate the service at {desk}.", desk=desk.name)
    return reply(
        Title(text=greeting),
        Text(text=desk.unit_name),
        Text(text=say("How satisfied are you with today's service?"), tone="strong"),
        levels,
        None if turn.buttons else Text(text=say("Please send one number from 1 to 5.")),
        notice(turn),
        improvements(turn, desk),
        Note(text=say("This does not replace the survey form required by regulation.")),
        awaits=SAY.build(of=of),
    )


def open_desk(turn: Turn, desk: str) -> Sequence[Reply]:
    """Whoever comes from a QR code: the question, or what to do with today's earlier answer."""
    found = find_desk(turn.session, desk)
    if found is None:
        return unknown_desk(turn, desk)
    if found.is_closed(turn.today):
        return closed_desk(turn, found)
    mine = Mine(found.code, turn.today, 1)
    rated = rated_encounters(turn.session, encounter(turn, mine), MOST_ENCOUNTERS)
    if not rated:
        return [question(turn, found, mine, None)]
    return [_again(turn, found, replace(mine, nth=rated[-1]))]


def unknown_desk(turn: Turn, desk: str) -> Sequence[Reply]:
    """No desk has this code: say so and offer the search."""
    text = turn.say("There is no desk with the code {code}. Please check it, or search.", code=desk)
    return [reply(Title(text=text), search_field(turn))]


def closed_desk(turn: Turn, desk: DeskWithUnit) -> Sequence[Reply]:
    """It takes no ratings any more: since when, and the ways to another desk or an old rating."""
    say = turn.say
    assert desk.until is not None
    since = (desk.until + timedelta(days=1)).strftime("%d/%m/%Y")
    another = say("Which desk would you like to rate?")
    near = [each for each in open_desks(turn.session, turn.today) if each.unit_id == desk.unit_id]
    earlier = Choice(label=say("See an earlier rating by its code"), action=RECEIPT.build())
    return [
        reply(
            Title(text=say("{desk} is no longer open since {day}.", desk=desk.name, day=since)),
            Text(text=another, tone="strong"),
            Choices(label=another, choices=tuple(desk_choice(say, each) for each in near[:PAGE]))
            if near
            else None,
            search_field(turn),
            Choices(label=say("What would you like to do?"), choices=(earlier,)),
        )
    ]


def _again(turn: Turn, desk: DeskWithUnit, last: Mine) -> Reply:
    say = turn.say
    choices = [
        Choice(label=say("Change my rating"), action=SEE.build(of=last), look="primary"),
    ]
    if last.nth < MOST_ENCOUNTERS:
        another = replace(last, nth=last.nth + 1)
        choices.append(Choice(label=say("Rate another visit"), action=ASK.build(of=another)))
    return reply(
        Title(text=say("You have already rated {desk} today.", desk=desk.name)),
        Text(text=say("What would you like to do?"), tone="strong"),
        Choices(label=say("What would you like to do?"), choices=tuple(choices)),
    )


def ask(turn: Turn, of: RatingRef) -> Sequence[Reply]:
    """The question for one encounter: a new one, or one whose level is to be changed."""
    if isinstance(of, ByCode):
        rating = find_rating(turn, of)
        if rating is None or rating.level is None:
            return gone(turn)
        return [question(turn, desk_by_id(turn.session, rating.desk_id), of, rating)]
    desk = find_desk(turn.session, of.desk)
    if desk is None:
        return unknown_desk(turn, of.desk)
    rating = own_rating(turn, desk, of)
    if rating is None and desk.is_closed(turn.today):
        return closed_desk(turn, desk)
    if rating is None and of.day != turn.today:
        return [stale(turn, desk, of)]
    return [question(turn, desk, of, rating)]


def stale(turn: Turn, desk: DeskWithUnit, of: Mine) -> Reply:
    """A question of another day rates nothing before it was asked again."""
    say = turn.say
    return reply(
        Title(
            text=say(
                "This question is from {day}. Have you been served at {desk} today?",
                day=of.day.strftime("%d/%m/%Y"),
                desk=desk.name,
            )
        ),
        Choices(
            label=say("Have you been served there today?"),
            choices=(
                Choice(
                    label=say("Yes, rate today's visit"),
                    action=OPEN.build(desk=desk.code),
                    look="primary",
                ),
                Choice(label=say("No, see an earlier rating by its code"), action=RECEIPT.build()),
            ),
        ),
    )


def gone(turn: Turn) -> Sequence[Reply]:
    """The rating was withdrawn, deleted, or cannot be found this way any more."""
    say = turn.say
    return [
        reply(
            Title(text=say("This rating cannot be opened here any more.")),
            Text(text=say("With its receipt code you can still see, change or withdraw it.")),
            Choices(
                label=say("What would you like to do?"),
                choices=(
                    Choice(
                        label=say("Enter a receipt code"), action=RECEIPT.build(), look="primary"
                    ),
                    Choice(label=say("Rate a desk"), action=FIND.build()),
                ),
            ),
        )
    ]


ROUTES = [
    Route(OPEN, open_desk),
    Route(ASK, ask),
]
