"""The evening's screens: how each item went, a word of encouragement, an optional note."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers.member.actions import ALL_DONE, CHECKIN_ITEM, MINE, NOTE, OUTCOME
from handlers.member.choosing import late_line
from handlers.messages import Choice, Choices, Field, Part, Reply, Text, Title, reply
from handlers.texts import Speech, mark
from storage.queries.pledge import OPEN, OUTCOMES, Pledged

LONGEST_NOTE = 500
_WORDS = {
    "done": mark("Done that"),
    "partly": mark("Partly"),
    "not_done": mark("Not this time"),
    OPEN: mark("Not reported yet"),
}
_ICONS = {"done": "👍", "partly": "🌗", "not_done": "🌱"}
_ALL_DONE = (
    mark("Wonderful, {name}! Everything done."),
    mark("Thank you, {name}! A day to be glad of."),
    mark("Very well done, {name}! People notice it."),
)
_SOME = (
    mark("Thank you, {name}! Every step counts."),
    mark("Good, {name}! What is begun goes on more easily."),
    mark("Thank you for your honest word, {name}! That is how we move forward."),
)
_NONE = (
    mark("Never mind, {name}, tomorrow we start again."),
    mark("Thank you for your honest word, {name}! Some days are like that."),
    mark("It is good that you said so, {name}. Tomorrow is a new day."),
)
_NONE_LATE = mark("Never mind, {name}, today is a new day.")


@dataclass(frozen=True)
class Evening:
    """What a member reports on: the items of one day."""

    name: str
    day: date
    today: date
    items: Sequence[Pledged]

    @property
    def open(self) -> list[Pledged]:
        """What was not reported yet."""
        return [each for each in self.items if each.status == OPEN]


def outcome_word(say: Speech, status: str) -> str:
    """How an item went, in words."""
    return say(_WORDS[status])


def ask(say: Speech, evening: Evening, item: Pledged, *parts_first: Part) -> Reply:
    """The question about one item; the others stand below it."""
    others = [each for each in evening.items if each.code != item.code]
    return reply(
        *parts_first,
        Title(text=_question(say, evening, item)),
        Text(text=late_line(say, evening.day)) if evening.day != evening.today else None,
        *_listed(say, others),
        Choices(
            label=say("How did it go?"),
            choices=tuple(
                Choice(
                    label=outcome_word(say, outcome),
                    action=OUTCOME.build(day=evening.day, code=item.code, outcome=outcome),
                    icon=_ICONS[outcome],
                    pressed=None if item.status == OPEN else item.status == outcome,
                )
                for outcome in OUTCOMES
            ),
            single=True,
        ),
        _all_done(say, evening),
    )


def _question(say: Speech, evening: Evening, item: Pledged) -> str:
    words = item.label(say.language)
    if evening.day != evening.today:
        return say("{name}, how did '{item}' go yesterday?", name=evening.name, item=words)
    return say("{name}, how did '{item}' go today?", name=evening.name, item=words)


def _all_done(say: Speech, evening: Evening) -> Choices | None:
    if len(evening.open) < 2:
        return None
    action = ALL_DONE.build(day=evening.day)
    choice = Choice(label=say("All of it done"), action=action, look="primary")
    return Choices(label=say("All of it done"), choices=(choice,))


def _listed(say: Speech, items: Sequence[Pledged]) -> list[Part]:
    return [
        Text(
            text=say(
                "{item}: {outcome}",
                item=each.label(say.language),
                outcome=outcome_word(say, each.status),
            )
        )
        for each in items
    ]


def reported(say: Speech, evening: Evening, streak: int, note: Field, *parts_first: Part) -> Reply:
    """Everything is reported: encouragement, the streak, room for a note, and second thoughts."""
    change = [
        Choice(
            label=say("Change: {item}", item=each.label(say.language)),
            action=CHECKIN_ITEM.build(day=evening.day, code=each.code),
            look="quiet",
        )
        for each in evening.items
    ]
    return reply(
        *parts_first,
        Title(text=encouragement(say, evening)),
        *_listed(say, evening.items),
        _streak(say, streak),
        Text(text=late_line(say, evening.day)) if evening.day != evening.today else None,
        note,
        Choices(
            label=say("What would you like to do?"),
            choices=(Choice(label=say("My record"), action=MINE.build(), look="primary"), *change),
        ),
    )


def encouragement(say: Speech, evening: Evening) -> str:
    """A word that fits how it went and is another one each day. It never shames."""
    outcomes = {each.status for each in evening.items}
    words: tuple[str, ...] = _SOME
    if outcomes == {"done"}:
        words = _ALL_DONE
    elif outcomes == {"not_done"}:
        words = _NONE if evening.day == evening.today else (_NONE_LATE,)
    return say(words[evening.day.toordinal() % len(words)], name=evening.name)


def _streak(say: Speech, streak: int) -> Text | None:
    if streak < 2:
        return None
    return Text(text=streak_line(say, streak), tone="strong")


def streak_line(say: Speech, streak: int) -> str:
    """The streak in words."""
    return say.count(
        "You have checked in on {n} working day. A good start!",
        "You have checked in on {n} working days in a row. Well done!",
        streak,
    )


def note_field(
    say: Speech, day: date, value: str, *, unit: str, told: bool, error: str = ""
) -> Field:
    """Where a note is typed. Who can read it is said until the first one is written."""
    return Field(
        action=NOTE.build(day=day),
        label=say("Would you like to add a note? (optional)"),
        hint="" if told else say("You and the secretary of {unit} can read it.", unit=unit),
        send=say("Keep the note"),
        value=value,
        error=error,
        most=LONGEST_NOTE,
        lines=3,
        digits=False,
    )
