"""What the unit could take on next week."""

from handlers.digest.figures import Digest
from handlers.digest.wording import reason_label
from handlers.messages import Part, Text
from handlers.texts import Speech


def section(digest: Digest, say: Speech) -> list[Part]:
    """The catalogue item that answers to what citizens found wanting most."""
    found = digest.suggestion
    if found is None:
        return []
    line = say(
        "Suggestion for next week: pledge “{item}” together, since citizens name “{reason}”.",
        item=found.label(say.language),
        reason=reason_label(found.reason, say.language),
    )
    return [Text(text=line)]
