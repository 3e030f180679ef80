"""At most three changes that matter, with their figures and the period compared with."""

from handlers.digest.figures import Change, Digest
from handlers.digest.wording import number, percent, period, reason_label
from handlers.messages import Part, Text
from handlers.texts import Speech


def section(digest: Digest, say: Speech) -> list[Part]:
    """Nothing where nothing moved further than chance would."""
    if not digest.changes:
        return []
    lines = "\n".join(change_line(each, say) for each in digest.changes)
    return [Text(text=say("Changes that matter"), tone="strong"), Text(text=lines)]


def change_line(change: Change, say: Speech) -> str:
    """What moved, from what to what."""
    before = change.before
    values = {
        "sign": "▲" if change.value > before.mean else "▼",
        "share": percent(change.value),
        "n": change.n,
        "of": change.of,
        "mean": percent(before.mean),
        "period": period(before.since, before.until),
    }
    if change.kind == "reason":
        return say(
            "{sign} “{reason}”: {share} of ratings ({n} of {of}), before {mean} ({period})",
            reason=reason_label(change.reason, say.language),
            **values,
        )
    if change.kind == "satisfied":
        return say("{sign} Satisfied: {share} ({n} of {of}), before {mean} ({period})", **values)
    if change.kind == "pledging":
        return say(
            "{sign} Members who pledged: {share} ({n} of {of}), before {mean} ({period})", **values
        )
    return say(
        "{sign} Ratings: {n}, before {mean} a week ({period})",
        sign=values["sign"],
        n=change.n,
        mean=number(before.mean, say.language),
        period=values["period"],
    )
