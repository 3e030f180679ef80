"""One person to thank, one to ask how they are."""

from handlers.digest.figures import Asked, Digest, Thanked
from handlers.digest.wording import period, reason_label
from handlers.messages import Part, Text
from handlers.texts import Speech


def section(digest: Digest, say: Speech) -> list[Part]:
    """Nothing where the week names nobody."""
    lines = [
        *(_thanked(each, say) for each in digest.to_thank),
        *(_asked(each, say) for each in digest.to_ask),
    ]
    if not lines:
        return []
    return [Text(text=say("Good people, good deeds"), tone="strong"), Text(text="\n".join(lines))]


def _thanked(person: Thanked, say: Speech) -> str:
    if person.because == "praise":
        return say(
            "To thank: {name}, praised by citizens ({reason})",
            name=person.full_name,
            reason=reason_label(person.praised_for, say.language),
        )
    return say(
        "To thank: {name}, who checked in on {days} of {working} working days",
        name=person.full_name,
        days=person.checkin_days,
        working=person.working_days,
    )


def _asked(person: Asked, say: Speech) -> str:
    return say(
        "To ask how they are: {name}, no pledge lately ({period}); perhaps there is much to do",
        name=person.full_name,
        period=period(person.since, person.until),
    )
