"""The digest as a message: text, picture, three next steps and the way to the others."""

from collections.abc import Sequence

from handlers.digest.chart import chart
from handlers.digest.figures import Digest
from handlers.digest.text import missed_line, parts
from handlers.messages import Choice, Choices, Reply, reply
from handlers.secretary.actions import CARE, COMMENTS, GROUP_TEXT, MORE, SHEET, THANK, WEEK
from handlers.texts import Speech
from handlers.weeks import FIRST_WRITTEN, Week

FIRST = 3


def digest_message(digest: Digest, say: Speech, missed: Sequence[Week] = ()) -> Reply:
    """One message. It never replaces another: the week read before stays where it was."""
    head, overview, *rest = parts(digest, say)
    more = Choice(
        label=say("More…"), action=MORE.build(unit=digest.unit_id, week=digest.week), look="quiet"
    )
    return reply(
        head,
        overview,
        missed_line(missed, say),
        *rest,
        None if digest.empty else chart(digest, say),
        Choices(
            label=say("What would you like to do?"),
            choices=(*next_steps(digest, say)[:FIRST], more),
        ),
        fresh=True,
    )


def next_steps(digest: Digest, say: Speech) -> list[Choice]:
    """What can be done about a digest, the most useful first."""
    of = {"unit": digest.unit_id, "week": digest.week}
    steps = [
        Choice(
            label=say("Thank {name}", name=each.full_name),
            action=THANK.build(person=each.person_id, **of),
            look="primary",
        )
        for each in digest.to_thank
    ]
    steps += [
        Choice(
            label=say("Ask {name} how they are", name=each.full_name),
            action=CARE.build(person=each.person_id, **of),
        )
        for each in digest.to_ask
    ]
    if digest.comments:
        label = say("See the comments ({n})", n=len(digest.comments))
        steps.append(Choice(label=label, action=COMMENTS.build(page=0, **of)))
    if not digest.empty:
        steps.append(Choice(label=say("Text for the group"), action=GROUP_TEXT.build(**of)))
    if not digest.first and digest.week > FIRST_WRITTEN:
        earlier = WEEK.build(unit=digest.unit_id, week=digest.week.before())
        steps.append(Choice(label=say("Previous week"), action=earlier))
    if not digest.empty:
        steps.append(Choice(label=say("As a spreadsheet"), action=SHEET.build(**of)))
    return steps
