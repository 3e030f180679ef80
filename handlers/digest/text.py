"""A digest as people get it: its sections in order, its picture, its text for the branch's group."""

import traceback
from collections.abc import Iterable, Sequence

import structlog

from handlers.digest.figures import Digest
from handlers.digest.sections import ORDER
from handlers.digest.wording import percent, period, reasons_line
from handlers.messages import Note, Part, Text, Title
from handlers.texts import Speech
from handlers.weeks import Week

log = structlog.get_logger("digest")


def title(digest: Digest, say: Speech) -> Title:
    """The heading; it stands in exactly one message."""
    text = say("WEEKLY DIGEST {week} – {unit}", week=digest.week.number, unit=digest.unit_name)
    return Title(text=text)


def parts(digest: Digest, say: Speech) -> list[Part]:
    """Heading and sections; one that fails is named in the log and left out."""
    found: list[Part] = [title(digest, say)]
    for name, section in ORDER[:1] if digest.empty else ORDER:
        try:
            found.extend(section(digest, say))
        except Exception as error:  # noqa: BLE001 - the rest of the digest goes out
            left_out(error, unit=digest.unit_code, week=str(digest.week), section=name)
    return found


def left_out(error: BaseException, **of: str) -> None:
    """Log what is missing and where it failed; never the error's text, it may quote a person."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    trail = " > ".join(f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno} {f.name}" for f in frames)
    log.error("left out of the digest", error=type(error).__name__, trail=trail, **of)


def missed_line(missed: Sequence[Week], say: Speech) -> Text | None:
    """That weeks before this one were never sent, and how to see them."""
    if not missed:
        return None
    first, last = missed[0], missed[-1]
    across = first.year != last.year
    line = say(
        "The digests of week {first} to week {last} were not sent; /bantin shows them.",
        first=f"{first.number}/{first.year}" if across else first.number,
        last=f"{last.number}/{last.year}" if across else last.number,
    )
    return Text(text=line)


def group_text(digest: Digest, say: Speech) -> str:
    """A text to paste into the branch's group chat; it names nobody but whom to thank.

    Scores, reasons and what answers to them stay out where they could be one member's.
    """
    ratings = digest.ratings
    lines = [
        say(
            "{unit}, week {week} ({period})",
            unit=digest.unit_name,
            week=digest.week.number,
            period=period(digest.week.first, digest.week.last),
        ),
        say(
            "• {people} of {members} members pledged; {done} of {all} pledges done.",
            people=digest.pledges.people,
            members=digest.members,
            done=digest.pledges.of("done"),
            all=digest.pledges.all,
        ),
    ]
    if digest.shareable and ratings.share is not None:
        share = percent(ratings.share)
        lines.append(
            say("• {share} of {count} citizens were satisfied.", share=share, count=ratings.count)
        )
        if praised := ratings.top("high", 2):
            named = reasons_line(praised, say.language)
            lines.append(say("• Citizens praised: {reasons}.", reasons=named))
    elif ratings.count:
        lines.append("• " + say("Citizens' ratings: {count}", count=ratings.count))
    lines += [say("• Thanks to {name}!", name=each.full_name) for each in digest.to_thank]
    if digest.suggestion is not None and digest.shareable:
        lines.append(
            say(
                "• This week let us pledge “{item}” together.",
                item=digest.suggestion.label(say.language),
            )
        )
    lines.append(say("Thank you all, and a good new week!"))
    return "\n".join(lines)


def plain(found: Iterable[Part]) -> str:
    """Parts as plain text for a terminal, a blank line between paragraphs."""
    return "\n\n".join(each.text for each in found if isinstance(each, Title | Text | Note))
