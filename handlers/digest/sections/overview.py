"""The week in one line."""

from handlers.digest.figures import Digest
from handlers.digest.wording import percent, period
from handlers.messages import Part, Text
from handlers.texts import Speech


def section(digest: Digest, say: Speech) -> list[Part]:
    """Everything in one line, also when that is nothing."""
    days = period(digest.week.first, digest.week.last)
    if digest.empty:
        return [Text(text=say("{period}: nothing new this week.", period=days))]
    people = {"people": digest.pledges.people, "members": digest.members}
    share = digest.ratings.share
    if digest.suppressed or share is None:
        line = say(
            "{period}. Ratings: {count}. Members who pledged: {people} of {members}.",
            period=days,
            count=digest.ratings.count,
            **people,
        )
    else:
        line = say(
            "{period}. Ratings: {count}, satisfied: {share}. "
            "Members who pledged: {people} of {members}.",
            period=days,
            count=digest.ratings.count,
            share=percent(share),
            **people,
        )
    return [Text(text=line)]
