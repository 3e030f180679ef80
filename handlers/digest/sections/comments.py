"""The first words of citizens' comments; all of them are a button away."""

from handlers.digest.figures import Digest
from handlers.digest.wording import period, shortened
from handlers.messages import Part, Text
from handlers.texts import Speech

_SHOWN, _LONGEST = 3, 120


def section(digest: Digest, say: Speech) -> list[Part]:
    """Nothing while none are released."""
    if not digest.comments:
        return []
    first = digest.comments[0]
    head = say(
        "Citizens' comments: {n} ({period})",
        n=len(digest.comments),
        period=period(first.since, first.until),
    )
    shown = [f"“{shortened(each.text, _LONGEST)}”" for each in digest.comments[:_SHOWN]]
    return [Text(text=head, tone="strong"), Text(text="\n".join(shown))]
