"""A roll-up as people read it: one message, whatever the number of units."""

from collections.abc import Iterator

from handlers.digest.sections.changes import change_line
from handlers.digest.wording import left_out_line, percent, period, points, shortened
from handlers.messages import Note, Part, Text, Title
from handlers.rollup.figures import Figures, Named, Node, Panel, Pilot, Ratings, RollUp
from handlers.texts import Speech, mark

_NAME = 60  # characters of a unit's name
_SILENT = 5  # silent units that are named
_PILOTS = 3


def title(found: RollUp, say: Speech) -> Title:
    """The heading; it stands in exactly one message."""
    text = say("WEEKLY DIGEST {week} – {unit}", week=found.week.number, unit=found.top.name)
    return Title(text=text)


def parts(found: RollUp, say: Speech) -> list[Part]:
    """Heading and everything else, in the order in which it is read."""
    if found.empty:
        return [title(found, say), *_nothing(found, say)]
    return [
        title(found, say),
        *_coverage(found, say),
        *_satisfied(found, say),
        *_listed(say("Changes that matter"), [change_line(each, say) for each in found.changes]),
        *_listed(say("Units to thank"), [named_line(each, say) for each in found.to_thank]),
        *_listed(say("Units to stand by"), [named_line(each, say) for each in found.to_help]),
        *_silent(found, say),
        *_listed(say("Pilot units"), [pilot_line(each, say) for each in found.pilots[:_PILOTS]]),
        *scorecard_parts(found, say),
    ]


def unit_called(node: Node) -> str:
    """A unit's name where many stand."""
    return shortened(node.name, _NAME)


def _nothing(found: RollUp, say: Speech) -> Iterator[Part]:
    yield Text(text=say("{period}: nothing new this week.", period=period(found.first, found.last)))
    yield Text(text="\n".join(coverage_lines(found.top.all, say)))


def _listed(head: str, lines: list[str]) -> list[Part]:
    """A heading with its lines, nothing where there are none."""
    if not lines:
        return []
    return [Text(text=head, tone="strong"), Text(text="\n".join(lines))]


def _coverage(found: RollUp, say: Speech) -> list[Part]:
    days = period(found.first, found.last)
    return [
        Text(
            text="\n".join(
                [
                    say("{period}, all units together", period=days),
                    *coverage_lines(found.top.all, say),
                ]
            )
        )
    ]


def coverage_lines(of: Figures, say: Speech) -> list[str]:
    """How many of the units and members took part."""
    lines = [say("Units with activity: {active} of {units}", active=of.active, units=of.units)]
    if of.members:
        lines += [
            say(
                "Members who pledged: {people} of {members} ({share})",
                people=of.pledges.people,
                members=of.members,
                share=percent(of.pledges.people / of.members),
            ),
            say(
                "Members who joined: {joined} of {members} ({share})",
                joined=of.joined,
                members=of.members,
                share=percent(of.joined / of.members),
            ),
        ]
    return lines


def _satisfied(found: RollUp, say: Speech) -> list[Part]:
    shown = ratings_parts(found.top.all.ratings, found.top.before.ratings, found, say)
    return [*shown, *left_out_parts(found.top.all.left_out, say)]


def left_out_parts(n: int, say: Speech) -> list[Part]:
    """How many ratings are kept but not counted, where there are any."""
    return [Text(text=left_out_line(n, say))] if n else []


def ratings_parts(ratings: Ratings, before: Ratings, found: RollUp, say: Speech) -> list[Part]:
    """How satisfied citizens were, against the period before; or why that is not shown."""
    scores = ratings.scores
    if scores is None or scores.share is None:
        count = Text(text=say("Citizens' ratings: {count}", count=ratings.count), tone="strong")
        return [count, *(Text(text=why) for why in hidden_lines(ratings, found.k, say))]
    head = say(
        "Citizens satisfied: {share} ({satisfied} of {count} ratings)",
        share=percent(scores.share),
        satisfied=scores.satisfied,
        count=scores.count,
    )
    line = _against(scores.share, before, found, say)
    return [Text(text=head, tone="strong"), *([Text(text=line)] if line else [])]


def hidden_lines(ratings: Ratings, k: int, say: Speech) -> list[str]:
    """Why scores are not shown."""
    if not ratings.count:
        return []
    if ratings.count < k:
        return [say("Fewer than {k} ratings, so no scores are shown.", k=k)]
    return [
        say(
            "Scores are not shown here: with them, those of a unit with fewer than {k} ratings could "
            "be worked out.",
            k=k,
        )
    ]


def _against(share: float, before: Ratings, found: RollUp, say: Speech) -> str:
    if before.share is None or found.period_before is None:
        return ""
    difference = points(share) - points(before.share)  # of what is read
    values = {
        "points": abs(difference),
        "mean": percent(before.share),
        "when": say("the week before"),
        "period": period(*found.period_before),
    }
    if difference > 0:
        return say("▲ {points} points over {when}: {mean} ({period})", **values)
    if difference < 0:
        return say("▼ {points} points under {when}: {mean} ({period})", **values)
    return say("= {when}: {mean} ({period})", **values)


_BECAUSE = {
    "satisfied": mark("• {unit}: {share} of citizens satisfied ({n} of {of} ratings)"),
    "rated_low": mark(
        "• {unit}: citizens less satisfied than elsewhere, {share} ({n} of {of} ratings)"
    ),
    "pledging": mark("• {unit}: {share} of the members pledged ({n} of {of})"),
    "few_pledging": mark("• {unit}: {share} of the members pledged so far ({n} of {of})"),
}


def named_line(each: Named, say: Speech) -> str:
    """A unit that is named, and why."""
    own = each.node.own
    scores = own.ratings.scores
    if each.because in ("satisfied", "rated_low") and scores is not None:
        n, of = scores.satisfied, scores.count
    else:
        n, of = own.pledges.people, own.members
    return say(
        _BECAUSE[each.because], unit=unit_called(each.node), share=percent(n / of), n=n, of=of
    )


def _silent(found: RollUp, say: Speech) -> list[Part]:
    if not found.silent:
        return []
    names = "; ".join(unit_called(each) for each in found.silent[:_SILENT])
    more = len(found.silent) - _SILENT
    if more > 0:
        names = say("{units} and {n} more", units=names, n=more)
    head = say("Units nothing came from: {n}", n=len(found.silent))
    return [Text(text=head, tone="strong"), Text(text=names)]


def pilot_line(each: Pilot, say: Speech) -> str:
    """A pilot unit against the others: satisfaction where it may be shown, else pledging."""
    name, scores = unit_called(each.node), each.node.all.ratings.scores
    if each.rest is not None and each.rest.share is not None and scores is not None:
        return say(
            "• {unit}: {share} satisfied ({count} ratings); the others of {parent}: {rest} ({of} ratings)",
            unit=name,
            parent=unit_called(each.parent),
            share=percent(scores.share or 0),
            count=scores.count,
            rest=percent(each.rest.share),
            of=each.rest.count,
        )
    pledging = each.node.all.pledging
    if pledging is None or not each.members:
        return say("• {unit}: not enough figures yet to compare", unit=name)
    return say(
        "• {unit}: {share} of the members pledged; the others of {parent}: {rest}",
        unit=name,
        parent=unit_called(each.parent),
        share=percent(pledging),
        rest=percent(each.people / each.members),
    )


def scorecard_parts(found: RollUp, say: Speech) -> list[Part]:
    """The four sides, a line each."""
    return [
        Text(text=say("The four sides"), tone="strong"),
        Text(text="\n".join(panel_line(each, say) for each in found.scorecard.panels)),
        Note(text=scorecard_note(found, say)),
    ]


def scorecard_note(found: RollUp, say: Speech) -> str:
    """What the scorecard is and is not."""
    return say(
        "Counted from the figures of this program (composition {version}); not an official score.",
        version=found.scorecard.version,
    )


def panel_line(panel: Panel, say: Speech) -> str:
    """One side of the scorecard with what it is made of."""
    name = panel.label(say.language)
    if panel.points is None:
        return say("{panel}: nothing to count yet", panel=name)
    made_of = ", ".join(
        f"{each.label(say.language)} {percent(each.value)}"
        for each in panel.indicators
        if each.value is not None
    )
    return say(
        "{panel}: {points} of 100 ({indicators})",
        panel=name,
        points=round(panel.points),
        indicators=made_of,
    )
