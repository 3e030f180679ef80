"""What a report says by itself: whole sentences made from its figures, nobody named."""

from dataclasses import dataclass
from datetime import date

from babel.numbers import format_decimal

from handlers.digest.wording import percent, points, reason_label
from handlers.reports.figures import Counted, Figures, Share
from handlers.reports.periods import Period
from handlers.texts import Speech


@dataclass(frozen=True)
class Told:
    """What a report is about: a unit, a period with its days, its figures."""

    unit_name: str
    period: Period
    first: date
    last: date
    figures: Figures

    @property
    def running(self) -> bool:
        """Whether the period had not ended when it was counted."""
        return self.figures.until < self.last

    @property
    def now(self) -> Counted:
        """The period's own figures."""
        return self.figures.now

    @property
    def before(self) -> Counted | None:
        """Those of the period before."""
        return self.figures.before


def day(value: date) -> str:
    """A day as documents write it."""
    return f"{value:%d/%m/%Y}"


def general(told: Told, say: Speech) -> list[str]:
    """Who took part."""
    now = told.now
    said = [
        say(
            "On {last}, {unit} had {members} members; {pledged} of them ({share}) pledged at "
            "least once between {first} and {last}.",
            first=day(now.first),
            last=day(now.last),
            unit=told.unit_name,
            members=_n(now.members, say),
            pledged=_n(now.pledged, say),
            share=_percent(Share(n=now.pledged, of=now.members)),
        )
    ]
    if now.pledges:
        said.append(
            say(
                "They took on {all} tasks and said of {told} ({share}) how they went.",
                all=_n(now.pledges, say),
                told=_n(now.told, say),
                share=_percent(Share(n=now.told, of=now.pledges)),
            )
        )
    if told.before is not None:
        said += _compared(now, told.before, say)
    units = told.figures.units
    if units is not None:
        said.append(
            say(
                "{n} of {of} units were active in the period.",
                n=_n(units.n, say),
                of=_n(units.of, say),
            )
        )
    return said


def _compared(now: Counted, before: Counted, say: Speech) -> list[str]:
    then, here = Share(n=before.pledged, of=before.members), Share(n=now.pledged, of=now.members)
    if then.value is None or here.value is None:
        return []
    values = {"then": percent(then.value), "first": day(before.first), "last": day(before.last)}
    moved = points(here.value) - points(then.value)
    if moved > 0:
        return [
            say(
                "The share of members who pledged rose by {points} percentage points over the "
                "period before ({first} to {last}: {then}).",
                points=moved,
                **values,
            )
        ]
    if moved < 0:
        return [
            say(
                "The share of members who pledged fell by {points} percentage points against the "
                "period before ({first} to {last}: {then}).",
                points=-moved,
                **values,
            )
        ]
    return [
        say(
            "The share of members who pledged stayed what it was in the period before ({first} to "
            "{last}: {then}).",
            **values,
        )
    ]


def responsibility(told: Told, code: str, say: Speech) -> list[str]:
    """What was pledged for one responsibility, and what came of it."""
    axis = next((each for each in told.now.axes if each.code == code), None)
    if axis is None or not axis.all:
        return [say("Nothing was pledged for this responsibility in the period.")]
    of = axis.pledges
    return [
        say(
            "Members took on {all} tasks for this responsibility: {done} done ({share}), {partly} "
            "partly done, {not_done} not done, {open} not reported.",
            all=_n(axis.all, say),
            done=_n(of.get("done", 0), say),
            share=_percent(Share(n=of.get("done", 0), of=axis.all)),
            partly=_n(of.get("partly", 0), say),
            not_done=_n(of.get("not_done", 0), say),
            open=_n(of.get("pledged", 0), say),
        )
    ]


def _satisfied(ratings: int, satisfied: Share, say: Speech) -> str:
    """Scores may be of some of the ratings only (handlers.rollup.longer): then that is said."""
    values = {
        "of": _n(satisfied.of, say),
        "n": _n(satisfied.n, say),
        "share": _percent(satisfied),
    }
    if satisfied.of == ratings:
        return say(
            "Citizens gave {of} ratings; {n} of them ({share}) were satisfied or very satisfied.",
            **values,
        )
    return say(
        "Citizens gave {all} ratings; of the {of} whose scores can be shown, {n} ({share}) were "
        "satisfied or very satisfied.",
        all=_n(ratings, say),
        **values,
    )


def citizens(told: Told, say: Speech) -> list[str]:
    """What citizens thought of it."""
    now = told.now
    if not now.ratings:
        return [say("Citizens gave no ratings in the period.")]
    if now.satisfied is None:
        return [
            say(
                "Citizens gave {n} ratings; their scores are not shown, so that nobody's can be "
                "worked out.",
                n=_n(now.ratings, say),
            )
        ]
    said = [_satisfied(now.ratings, now.satisfied, say)]
    if now.praised:
        said.append(say("They praised most: {reasons}.", reasons=_reasons(now.praised, say)))
    return said


def exemplars(told: Told, say: Speech) -> list[str]:
    """What deserves to spread, as far as figures know it."""
    if not told.now.pledged:
        return [say("Nothing stood out in the figures of the period.")]
    said = [
        say(
            "{n} of the {of} members who pledged said of every task of theirs how it went.",
            n=_n(told.now.reported, say),
            of=_n(told.now.pledged, say),
        )
    ]
    pilots = [each for each in told.figures.below if each.pilot and each.members]
    said += [
        say(
            "In the pilot unit, {unit}, {n} of {of} members pledged.",
            unit=each.name,
            n=_n(each.pledged, say),
            of=_n(each.members, say),
        )
        for each in pilots
    ]
    return said


def difficulties(told: Told, say: Speech) -> list[str]:
    """What the figures show to be missing."""
    now, said = told.now, []
    if now.pledged < now.members:
        missing = now.members - now.pledged
        said.append(say("{n} members did not pledge once in the period.", n=_n(missing, say)))
    if now.of("pledged"):
        said.append(
            say("Of {n} tasks nobody has said how they went.", n=_n(now.of("pledged"), say))
        )
    units = told.figures.units
    if units is not None and units.n < units.of:
        said.append(say("{n} units were not active.", n=_n(units.of - units.n, say)))
    if now.blamed:
        said.append(
            say(
                "Citizens would like to see improved: {reasons}.", reasons=_reasons(now.blamed, say)
            )
        )
    return said or [say("The figures show no difficulties or shortcomings.")]


def following(told: Told, say: Speech) -> list[str]:
    """What to go on with."""
    said = [
        say(
            "Go on encouraging members to choose what to do for the “3 responsibilities” each "
            "working day and to say in the evening how it went."
        )
    ]
    if told.now.blamed:
        worst = reason_label(told.now.blamed[0][0], say.language)
        said.append(say("Work first on what citizens named most often: {reason}.", reason=worst))
    return said


def proposals(_told: Told, say: Speech) -> list[str]:
    """None, unless somebody writes some."""
    return [say("None.")]


def _n(number: int, say: Speech) -> str:
    """A number as it is written: 4.000."""
    return format_decimal(number, locale=say.language)


def _percent(share: Share) -> str:
    return "–" if share.value is None else percent(share.value)


def _reasons(reasons: tuple[tuple[str, int], ...], say: Speech) -> str:
    """Reasons and how often each was given."""
    named = [
        say("{reason} ({n} times)", reason=reason_label(key, say.language), n=_n(n, say))
        for key, n in reasons
    ]
    return "; ".join(named)
