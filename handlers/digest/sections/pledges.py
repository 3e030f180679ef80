"""What members took on and what came of it, by responsibility."""

from collections.abc import Mapping

from handlers.digest.changes import pledging_past
from handlers.digest.figures import AxisName, Digest
from handlers.digest.wording import compared_with, number, period
from handlers.messages import Part, Text
from handlers.texts import Speech


def section(digest: Digest, say: Speech) -> list[Part]:
    """Members who pledged out of all, then a line for each responsibility."""
    head = say(
        "Members who pledged: {people} of {members}",
        people=digest.pledges.people,
        members=digest.members,
    )
    lines = [_against_before(digest, say)]
    for axis in digest.axes:
        counts = digest.pledges.by_axis.get(axis.code)
        if counts:
            lines.append(_line(axis, counts, say))
    return [Text(text=head, tone="strong"), Text(text="\n".join(lines))]


def _line(axis: AxisName, counts: Mapping[str, int], say: Speech) -> str:
    """What came of one responsibility's pledges; what nobody answered so is left out."""
    told = (
        ("done", say("done {n}", n=counts.get("done", 0))),
        ("partly", say("partly {n}", n=counts.get("partly", 0))),
        ("not_done", say("not done {n}", n=counts.get("not_done", 0))),
        ("pledged", say("not reported {n}", n=counts.get("pledged", 0))),
    )
    outcomes = ", ".join(words for status, words in told if counts.get(status))
    return say("{axis}: {outcomes}", axis=axis.label(say.language), outcomes=outcomes)


def _against_before(digest: Digest, say: Speech) -> str:
    before = pledging_past(digest.week, digest.pledges_before)
    if before is None:
        return say("No earlier weeks with pledges to compare with.")
    values = {
        "mean": number(before.mean, say.language),
        "when": compared_with(digest.week, before, say),
        "period": period(before.since, before.until),
    }
    if digest.pledges.people > before.mean:
        return say("▲ over {when}: {mean} members ({period})", **values)
    if digest.pledges.people < before.mean:
        return say("▼ under {when}: {mean} members ({period})", **values)
    return say("= {when}: {mean} members ({period})", **values)
