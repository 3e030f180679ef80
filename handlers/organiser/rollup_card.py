"""A unit's card: its figures with everything below it, as its organiser reads them."""

from handlers.digest.wording import left_out_line, percent, period
from handlers.messages import Part, Text, Title
from handlers.rollup.figures import Node, Ratings, RollUp
from handlers.rollup.text import (
    coverage_lines,
    hidden_lines,
    left_out_parts,
    ratings_parts,
    scorecard_parts,
    unit_called,
)
from handlers.texts import Speech

_NAMED = 8  # units right below that are named


def card_parts(found: RollUp, say: Speech) -> list[Part]:
    """What is known of the unit; scores only where the roll-up shows them."""
    top = found.top
    title = say("{unit}, week {week}", unit=top.name, week=found.week.number)
    return [
        Title(text=title),
        Text(text="\n".join(_about(found, say))),
        *ratings_parts(top.all.ratings, top.before.ratings, found, say),
        *left_out_parts(top.all.left_out, say),
        Text(text="\n".join(_pledges(top, say))),
        *(_alone(top, found.k, say) if top.children and top.works else []),
        *(_children(found, say) if top.children else []),
        *(scorecard_parts(found, say) if top.children else []),
    ]


def _about(found: RollUp, say: Speech) -> list[str]:
    top = found.top
    lines = [period(found.first, found.last)]
    if top.until is not None:
        lines.append(say("Closed on {day}", day=top.until.strftime("%d/%m/%Y")))
    if top.pilot:
        lines.append(say("Pilot unit"))
    if not top.own.secretaries:
        lines.append(say("It has no secretary."))
    elif not top.own.secretaries_joined:
        lines.append(say("Its secretary has not joined yet."))
    if top.children:
        return [*lines, *coverage_lines(top.all, say)]
    return [*lines, *coverage_lines(top.all, say)[1:]]


def _pledges(top: Node, say: Speech) -> list[str]:
    pledges, lines = top.all.pledges, []
    if pledges.all:
        lines.append(
            say(
                "Pledges: {all}; {done} done, {partly} partly, {not_done} not done, {open} not reported",
                all=pledges.all,
                done=pledges.of("done"),
                partly=pledges.of("partly"),
                not_done=pledges.of("not_done"),
                open=pledges.of("pledged"),
            )
        )
    else:
        lines.append(say("No pledges in these days."))
    if top.all.comments:
        lines.append(
            say(
                "Citizens' comments answered: {answered} of {comments}",
                answered=top.all.answered,
                comments=top.all.comments,
            )
        )
    return lines


def _alone(top: Node, k: int, say: Speech) -> list[Part]:
    """The unit without those below it."""
    own = top.own
    lines = [
        say(
            "Members who pledged: {people} of {members}",
            people=own.pledges.people,
            members=own.members,
        ),
        *_ratings_alone(own.ratings, k, say),
    ]
    if aside := left_out_line(own.left_out, say):
        lines.append(aside)
    return [Text(text=say("The unit alone"), tone="strong"), Text(text="\n".join(lines))]


def _ratings_alone(ratings: Ratings, k: int, say: Speech) -> list[str]:
    scores = ratings.scores
    if scores is None or scores.share is None:
        count = say("Citizens' ratings: {count}", count=ratings.count)
        return [count, *hidden_lines(ratings, k, say)]
    return [
        say(
            "Citizens satisfied: {share} ({satisfied} of {count} ratings)",
            share=percent(scores.share),
            satisfied=scores.satisfied,
            count=scores.count,
        )
    ]


def _children(found: RollUp, say: Speech) -> list[Part]:
    names = [unit_called(each) for each in found.below if each.parent_id == found.top.id]
    shown = "; ".join(names[:_NAMED])
    more = len(names) - _NAMED
    if more > 0:
        shown = say("{units} and {n} more", units=shown, n=more)
    return [Text(text=say("Right below it"), tone="strong"), Text(text=shown)]
