"""Who was on the list of a unit and is not now: shown page by page, put back after a question."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.people_names import in_order
from handlers.paging import page_of
from handlers.permissions import secretary
from handlers.roster_changes import written
from handlers.routing import Route
from handlers.secretary.member_actions import COME_BACK, FORMER, FORMER_CARD, PUT_BACK
from handlers.secretary.member_card import back_to_members, not_listed
from handlers.secretary.member_return import may_not_return
from handlers.secretary.own_unit import own_unit
from handlers.turn import Turn
from storage.queries.audit import newest_of
from storage.queries.roles import last_role
from storage.queries.unit_roster import former_people
from storage.tables import Person


def gone(turn: Turn, unit: int, page: int) -> Sequence[Reply]:
    """Everybody who left the list, by given name."""
    say, unit_name = turn.say, own_unit(turn, unit).unit_name
    people = in_order(former_people(turn.session, unit))
    title = say("No longer on the list of {unit}", unit=unit_name)
    pages = page_of(
        people,
        page,
        lambda each: Choice(
            label=each.full_name, action=FORMER_CARD.build(unit=unit, person=each.id)
        ),
        lambda to: FORMER.build(unit=unit, page=to),
        say,
        title,
    )
    nobody = Text(text=say("Nobody was taken off the list."))
    return [
        reply(
            Title(text=title),
            None if people else nobody,
            *pages,
            Choices(label=say("What would you like to do?"), choices=(back_to_members(say, unit),)),
        )
    ]


def ask_back(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """What putting them back means, before it is done."""
    say, unit_name = turn.say, own_unit(turn, unit).unit_name
    past = last_role(turn.session, person, unit)
    if past is None:
        return not_listed(turn, unit)
    named = turn.session.get_one(Person, person)
    if (refusal := may_not_return(turn, unit, named, past.until + timedelta(days=1))) is not None:
        return refusal
    title = say("Put {name} back on the list of {unit}?", name=named.full_name, unit=unit_name)
    return [
        reply(
            Title(text=title),
            Text(
                text=say(
                    "From today on they count in the unit again and are told so in their chat. The days "
                    "between stay as they were."
                )
            ),
            Choices(
                label=title,
                choices=(
                    Choice(
                        label=say("Yes, put back"),
                        action=_way_back(turn, unit, named),
                        look="primary",
                    ),
                    Choice(label=say("No, not now"), action=FORMER.build(unit=unit, page=0)),
                ),
            ),
        )
    ]


def _way_back(turn: Turn, unit: int, person: Person) -> str:
    """On the day they left as if they had never gone, later from that day on."""
    entry = newest_of(turn.session, unit, "member.remove", person=person.code)
    if entry is not None and (entry.details or {}).get("on") == written(turn.today):
        return PUT_BACK.build(unit=unit, entry=entry.id)
    return COME_BACK.build(unit=unit, person=person.id)


ROUTES = [
    Route(FORMER, gone, may=secretary),
    Route(FORMER_CARD, ask_back, may=secretary),
]
