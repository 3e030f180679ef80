"""A stored rating as its author sees it, with everything that may be added, each optional."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from handlers.citizen.actions import ASK, COMMENT, DONE, REASONS, WHO, WHY, WITHDRAW
from handlers.citizen.reasons import HARASSED, SHOWN_FIRST, TAGS, Tag, side_of, split
from handlers.citizen.scheme import LOWEST_PRAISE, REFERRED, level_word
from handlers.messages import NUMBERS, Choice, Choices, Code, Field, Part, Reply, Text, Title, reply
from handlers.references import RatingRef
from handlers.remembered import remembered
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.comments import answer_to
from storage.queries.desk import DeskWithUnit, Serving, desk_by_id, on_duty
from storage.queries.dispute import detached_people
from storage.queries.new_rating import NewRating
from storage.queries.rating import comment_of, receipt_of
from storage.tables import Rating

LONGEST_COMMENT = 1000

SOMEONE_ELSE = 0


@dataclass(frozen=True)
class Known:
    """What there is to know of a rating besides itself: its desk, who was on duty there that day,
    the receipt code (None once it cannot be told any more)."""

    desk: DeskWithUnit
    people: Sequence[Serving]
    code: str | None


def _known(turn: Turn, rating: Rating | NewRating) -> Known:
    assert isinstance(rating, Rating)
    return Known(
        desk_by_id(turn.session, rating.desk_id),
        candidates(turn, rating),
        receipt_of(turn.session, rating),
    )


def show(
    turn: Turn,
    of: RatingRef,
    rating: Rating | NewRating,
    *parts_first: Part,
    every_reason: bool = False,
    comment: Field | None = None,
    known: Known | None = None,
    remark: Part | None = None,
) -> Reply:
    """The rating with its receipt code and the optional next steps. `parts_first` stand on top, a
    `remark` after the thanks; `known` is what the caller has looked up already."""
    assert rating.level is not None
    known = known or _known(turn, rating)
    return reply(
        *parts_first,
        *_thanks(turn, rating, known.desk),
        remark,
        _receipt(turn, known.code),
        _answered(turn, rating),
        *served_by(turn, of, rating, known.desk, known.people),
        *referral(turn, rating),
        *reasons_asked(turn, of, rating, every=every_reason),
        comment or comment_field(turn, of, _comment(turn, rating)),
        ways_on(turn, of),
    )


def _comment(turn: Turn, rating: Rating | NewRating) -> str:
    return "" if isinstance(rating, NewRating) else comment_of(turn.session, rating)


def group_digits(code: str) -> str:
    """A code in groups that can be read out: 123 456 7890."""
    groups = [code[at : at + 3] for at in range(0, len(code), 3)]
    if len(groups[-1]) == 1:  # one digit alone is overlooked
        groups[-2:] = ["".join(groups[-2:])]
    return " ".join(groups)


def _thanks(turn: Turn, rating: Rating | NewRating, desk: DeskWithUnit) -> list[Part]:
    assert rating.level is not None
    say = turn.say
    word = level_word(say, rating.level)
    where = say("{desk}, {day}", desk=desk.name, day=_day(rating.day))
    return [
        Title(text=say("Thank you! Your rating is recorded: {level}.", level=word)),
        Text(text=where),
    ]


@lru_cache(maxsize=8)
def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _receipt(turn: Turn, code: str | None) -> Code | None:
    if code is None:
        return None
    label = turn.say("Receipt code to see, change or withdraw this rating (keeping it is optional)")
    return Code(label=label, text=group_digits(code))


def _answered(turn: Turn, rating: Rating | NewRating) -> Text | None:
    """What the unit answered to the comment; whoever has the receipt code reads it."""
    if rating.comment is None:
        return None
    answer = answer_to(turn.session, rating.id)
    if not answer:
        return None
    return Text(text=turn.say("Our answer to your comment: “{text}”", text=answer), tone="strong")


def candidates(turn: Turn, rating: Rating | NewRating) -> Sequence[Serving]:
    """Who may have served: everyone on duty at that desk on that day, but for whom a secretary
    decided since that it was not their shift."""
    people = on_duty_that_day(turn, rating.desk_id, rating.day)
    if rating.day >= turn.today:  # only days that are over are decided
        return people
    detached = detached_people(turn.session, rating.desk_id, rating.day)
    return [each for each in people if each.id not in detached]


def on_duty_that_day(turn: Turn, desk_id: int, day: date) -> Sequence[Serving]:
    """Everyone who was on duty at a desk at some time of a day."""
    return on_duty(turn.session, desk_id, *bounds(turn, day))


def bounds(turn: Turn, day: date) -> tuple[datetime, datetime]:
    """The first and the last second of a day."""
    return _bounds(day, turn.policy.timezone)


@lru_cache(maxsize=8)
def _bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), zone)
    return start, start + timedelta(days=1) - timedelta(seconds=1)


def served_by(
    turn: Turn,
    of: RatingRef,
    rating: Rating | NewRating,
    desk: DeskWithUnit,
    people: Sequence[Serving],
) -> list[Part]:
    """Who was on duty, and the choice of somebody else."""
    say = turn.say
    if not people:
        return []
    if rating.attribution == "duty":
        name = next((p.full_name for p in people if p.id == rating.member_id), None)
        if name is None:
            return []
        served = say("On duty at {desk}: {name}.", desk=desk.name, name=name)
        return [Text(text=served), _somebody_else(say, of)]
    other = _other(say, of, pressed=True if rating.attribution == "unknown" else None)
    named = tuple(
        Choice(
            label=person.full_name,
            action=WHO.build(of=of, person=person.id),
            pressed=None if rating.attribution == "asked" else person.id == rating.member_id,
        )
        for person in people
    )
    return [
        Text(text=say("Who served you?"), tone="strong"),
        Choices(label=say("Who served you?"), choices=(*named, other), single=True),
    ]


def _other(say: Speech, of: RatingRef, *, pressed: bool | None = None) -> Choice:
    return Choice(
        label=say("Someone else / not sure"),
        action=WHO.build(of=of, person=SOMEONE_ELSE),
        look="quiet",
        pressed=pressed,
    )


@remembered
def _somebody_else(say: Speech, of: RatingRef) -> Choices:
    return Choices(label=say("Who served you?"), choices=(_other(say, of),), single=True)


def referral(turn: Turn, rating: Rating | NewRating) -> list[Part]:
    """Where a petition or complaint belongs, below the lowest levels and for harassment."""
    assert rating.level is not None
    if rating.level > REFERRED and HARASSED not in split(rating.reasons):
        return []
    text = turn.say(
        "We are sorry that you were not satisfied. Petitions and feedback: {petitions}. "
        "This channel does not receive complaints or denunciations; these go to: {complaints}.",
        petitions=turn.policy.petitions,
        complaints=turn.policy.complaints,
    )
    return [Text(text=text, tone="alert")]


def reasons_asked(
    turn: Turn, of: RatingRef, rating: Rating | NewRating, *, every: bool
) -> list[Part]:
    """The reasons as toggles: the first five, or `every` one."""
    assert rating.level is not None
    chosen = frozenset(split(rating.reasons))
    return [*_reasons(turn.say, of, rating.level, chosen, every)]


@remembered
def _reasons(
    say: Speech, of: RatingRef, level: int, chosen: frozenset[str], every: bool
) -> tuple[Text, Choices]:
    tags = TAGS[side_of(level)]
    every = every or any(tag.key in chosen for tag in tags[SHOWN_FIRST:])
    shown = [
        _toggle(say, of, tag, on=tag.key in chosen)
        for tag in tags[: None if every else SHOWN_FIRST]
    ]
    if not every:
        shown.append(Choice(label=say("Other reasons…"), action=REASONS.build(of=of), look="quiet"))
    praise = level >= LOWEST_PRAISE
    label = say("What made you satisfied?") if praise else say("What should be better?")
    several = (
        say(
            "You can send several numbers and your own words in one message, such as: {numbers}: "
            "very quick",
            numbers=NUMBERS,
        )
        if praise
        else say(
            "You can send several numbers and your own words in one message, such as: {numbers}: "
            "a long wait",
            numbers=NUMBERS,
        )
    )
    return (
        Text(text=label, tone="strong"),
        Choices(label=label, choices=tuple(shown), columns=2, several=several),
    )


def _toggle(say: Speech, of: RatingRef, tag: Tag, *, on: bool) -> Choice:
    return Choice(
        label=tag.label(say.language),
        action=WHY.build(of=of, side=tag.side, code=tag.code, on=0 if on else 1),
        pressed=on,
    )


def comment_field(turn: Turn, of: RatingRef, value: str, error: str = "") -> Field:
    """Where a comment is typed; what was saved or tried before stands in it."""
    field = _empty_field(turn.say, of)
    return field.model_copy(update={"value": value, "error": error}) if value or error else field


@remembered
def _empty_field(say: Speech, of: RatingRef) -> Field:
    return Field(
        action=COMMENT.build(of=of),
        label=say("Would you like to add anything?"),
        hint=say("Please do not write names, phone or identity card numbers."),
        send=say("Send comment"),
        most=LONGEST_COMMENT,
        lines=4,
        digits=False,
    )


def ways_on(turn: Turn, of: RatingRef) -> Choices:
    """Done, change, withdraw."""
    return _ways_on(turn.say, of)


@remembered
def _ways_on(say: Speech, of: RatingRef) -> Choices:
    return Choices(
        label=say("What would you like to do?"),
        choices=(
            Choice(label=say("Done"), action=DONE.build(of=of), look="primary"),
            Choice(label=say("Change the level"), action=ASK.build(of=of), look="quiet"),
            Choice(label=say("Withdraw this rating"), action=WITHDRAW.build(of=of), look="quiet"),
        ),
    )
