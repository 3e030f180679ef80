"""What has changed in the week sent last since it was sent, such as late entries."""

from handlers.digest.figures import Digest
from handlers.digest.wording import percent
from handlers.messages import Part, Text
from handlers.texts import Speech, mark

_NAMES = {
    "ratings": mark("ratings {then} → {now}"),
    "satisfied": mark("satisfied {then} → {now}"),
    "pledged": mark("pledges {then} → {now}"),
    "done": mark("done {then} → {now}"),
    "partly": mark("partly done {then} → {now}"),
    "not_done": mark("not done {then} → {now}"),
}


def section(digest: Digest, say: Speech) -> list[Part]:
    """Nothing where the figures stand as they were sent."""
    found = digest.adjusted
    if found is None:
        return []
    figures = ", ".join(
        say(_NAMES[name], then=_figure(name, then), now=_figure(name, now))
        for name, (then, now) in found.figures.items()
    )
    line = say("Adjusted, week {week}: {figures}", week=found.week.number, figures=figures)
    return [Text(text=line)]


def _figure(name: str, value: float) -> str:
    return percent(value) if name == "satisfied" else f"{value:.0f}"
