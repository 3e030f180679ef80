"""The morning's screens: what to take on today. Drawn the same when asked for and when reminded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.catalogue import Catalogue, label
from handlers.member.actions import (
    AS_BEFORE,
    PLEDGE_AXIS,
    PLEDGE_DAY,
    PLEDGED,
    TAKE,
    TAKE_IN,
)
from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.several_numbers import several_numbers
from handlers.texts import Speech
from storage.queries.pledge import Pledged, Used
from storage.tables import Item

MOST = 3  # items a day
FAVOURITES = 4
REMEMBERED = timedelta(days=60)  # how far back "most used" looks


@dataclass(frozen=True)
class Morning:
    """What a member chooses from on one day. `used` are their items of late, most used first."""

    name: str
    day: date
    today: date
    chosen: Sequence[Pledged]
    used: Sequence[Used]
    catalogue: Catalogue
    working: bool = True

    @property
    def codes(self) -> set[str]:
        """What is chosen."""
        return {each.code for each in self.chosen}

    def before(self) -> list[Item]:
        """The items of the last day something was pledged, as far as they are still offered."""
        last = max((used.last for used in self.used), default=None)
        codes = {used.code for used in self.used if used.last == last}
        return [item for item in self.catalogue.items if item.code in codes][:MOST]

    def favourites(self) -> list[Item]:
        """The last day's items, then the most used ones; what is chosen besides stands behind."""
        found = self.before()
        by_use = (self.catalogue.item(used.code) for used in self.used)
        found += [item for item in by_use if item is not None and item not in found]
        others = [item for item in self.catalogue.items if item.code in self.codes]
        shown = found[:FAVOURITES]
        return shown + [item for item in others if item not in shown]


def choose(say: Speech, morning: Morning, *parts_first: Part, greeting: bool = False) -> Reply:
    """The first screen: as before in one tap, the items closest at hand, the responsibilities."""
    return reply(
        *parts_first,
        Title(text=_question(say, morning, greeting=greeting)),
        *_circumstances(say, morning),
        _counter(say, morning),
        _as_before(say, morning),
        _toggles(say, morning, morning.favourites(), ""),
        Choices(
            label=say("The three responsibilities"),
            choices=tuple(
                Choice(
                    label=label(axis, say.language),
                    action=PLEDGE_AXIS.build(day=morning.day, axis=axis.code),
                    icon="▸",
                )
                for axis in morning.catalogue.axes
            ),
        ),
        _finished(say, morning),
    )


def choose_of_axis(say: Speech, morning: Morning, axis: str, *parts_first: Part) -> Reply:
    """All items of one responsibility."""
    found = morning.catalogue.axis(axis)
    if found is None:
        return choose(say, morning, *parts_first)
    back = Choice(label=say("‹ Go back"), action=PLEDGE_DAY.build(day=morning.day), look="quiet")
    return reply(
        *parts_first,
        Title(text=label(found, say.language)),
        *_circumstances(say, morning),
        _counter(say, morning),
        _toggles(say, morning, morning.catalogue.of_axis(axis), axis),
        Choices(label=say("What would you like to do?"), choices=(back,)),
        _finished(say, morning),
    )


def _question(say: Speech, morning: Morning, *, greeting: bool) -> str:
    if morning.day != morning.today:
        return say("{name}, what had you taken on yesterday?", name=morning.name)
    if greeting:
        return say(
            "Good morning, {name}! What will you take on today for the '3 responsibilities'?",
            name=morning.name,
        )
    return say(
        "{name}, what will you take on today for the '3 responsibilities'?", name=morning.name
    )


def _circumstances(say: Speech, morning: Morning) -> list[Part]:
    parts: list[Part] = []
    if morning.day != morning.today:
        parts.append(Text(text=late_line(say, morning.day)))
    if not morning.working:
        parts.append(
            Text(text=say("This is a day off for you: nothing is expected, and your streak rests."))
        )
    return parts


def late_line(say: Speech, day: date) -> str:
    """Said wherever yesterday is logged."""
    return say("This is for yesterday, {day}, and is marked as late.", day=f"{day:%d/%m}")


def _counter(say: Speech, morning: Morning) -> Text:
    if not morning.chosen:
        return Text(text=say("Choose one to three items; each is kept at once."))
    counted = say("Chosen: {n}/{most}", n=len(morning.chosen), most=MOST)
    return Text(text=counted, tone="strong")


def _as_before(say: Speech, morning: Morning) -> Choices | None:
    if morning.chosen or not morning.before():
        return None
    last = max(used.last for used in morning.used)
    words = (
        say("As yesterday")
        if morning.today - last == timedelta(days=1) and morning.day == morning.today
        else say("As on {day}", day=f"{last:%d/%m}")
    )
    choice = Choice(label=words, action=AS_BEFORE.build(day=morning.day), look="primary")
    return Choices(label=words, choices=(choice,))


def _toggles(say: Speech, morning: Morning, items: Sequence[Item], axis: str) -> Choices | None:
    if not items:
        return None
    shown = []
    for item in items:
        chosen = item.code in morning.codes
        values = {"day": morning.day, "code": item.code, "on": 0 if chosen else 1}
        action = TAKE_IN.build(**values, axis=axis) if axis else TAKE.build(**values)
        shown.append(Choice(label=label(item, say.language), action=action, pressed=chosen))
    return Choices(label=say("Items"), choices=tuple(shown), several=several_numbers(say))


def _finished(say: Speech, morning: Morning) -> Choices | None:
    if not morning.chosen:
        return None
    action = PLEDGED.build(day=morning.day)
    choice = Choice(label=say("Done"), action=action, look="primary")
    return Choices(label=say("Done"), choices=(choice,))
