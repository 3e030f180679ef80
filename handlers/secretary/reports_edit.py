"""Writing a report in chat, section by section."""

from collections.abc import Mapping, Sequence

from handlers.errors import Refused
from handlers.messages import (
    Choice,
    Choices,
    Field,
    Note,
    Part,
    Reply,
    Text,
    Title,
    reply,
)
from handlers.permissions import secretary
from handlers.reports.keeping import AlreadyApproved, keep
from handlers.reports.narrative import LONGEST, Written, official, tidy
from handlers.reports.opened import Opened
from handlers.reports.periods import Period
from handlers.reports.shown import heading
from handlers.reports.tables import whole
from handlers.routing import Route
from handlers.secretary.report_actions import (
    ADD,
    ADDED,
    FILE,
    REPLACE,
    SECTION,
    SECTIONS,
    USUAL,
    USUAL_YES,
)
from handlers.secretary.reports import approved_meanwhile, own_draft, to_report
from handlers.turn import Turn


def section_list(turn: Turn, unit: int, period: Period) -> Sequence[Reply]:
    """Which section to write."""
    return [listed(turn, own_draft(turn, unit, period))]


def listed(turn: Turn, report: Opened, *parts_first: Part) -> Reply:
    """The sections of a report, each to open."""
    say, of = turn.say, {"unit": report.unit_id, "period": report.period}
    label = say("Which section would you like to read or change?")
    choices = [
        Choice(
            label=_name(turn, each),
            action=SECTION.build(section=place, **of),
        )
        for place, each in enumerate(report.written)
    ]
    ways = (
        Choice(label=say("All sections as a file"), action=FILE.build(**of)),
        to_report(turn, report.unit_id, report.period),
    )
    return reply(
        *parts_first,
        heading(report.period, report.told.unit_name, say),
        Text(text=label),
        Choices(label=label, choices=tuple(choices)),
        Choices(label=say("Other"), choices=ways),
        fresh=bool(parts_first),
    )


def _name(turn: Turn, written: Written) -> str:
    heading_ = written.section.heading
    if written.section.level > 1:
        heading_ = f"II.{heading_}"
    return turn.say("{heading} (own words)", heading=heading_) if written.own else heading_


def _at(turn: Turn, report: Opened, place: int) -> Written:
    if place < len(report.written):
        return report.written[place]
    raise Refused(turn.say("There is no such section."), f"section {place} of a report")


# -- one section -----------------------------------------------------------------------------------


def section(turn: Turn, unit: int, period: Period, section: int) -> Sequence[Reply]:
    """Its text, and a field for another."""
    return [_ask(turn, own_draft(turn, unit, period), section)]


def _ask(
    turn: Turn,
    report: Opened,
    place: int,
    *,
    adding: bool = False,
    value: str | None = None,
    error: str = "",
) -> Reply:
    say, written = turn.say, _at(turn, report, place)
    of = {"unit": report.unit_id, "period": report.period, "section": place}
    now = say("It reads now, in your words:") if written.own else say("It reads now, as drafted:")
    shown = value if value is not None else "" if adding else written.text
    field = Field(
        action=(ADDED if adding else REPLACE).build(**of),
        digits=False,
        label=say("What should be added?") if adding else say("Your text in its place:"),
        hint=say("At most {most} characters; each line becomes a paragraph.", most=LONGEST),
        send=say("Save"),
        value=shown,
        error=error,
        most=LONGEST,
        lines=12,
    )
    return reply(
        Title(text=_name(turn, written)),
        Note(text=now, more=written.text),
        field,
        Choices(
            label=say("What would you like to do?"),
            choices=tuple(_ways(turn, report, place, adding=adding)),
        ),
    )


def _ways(turn: Turn, report: Opened, place: int, *, adding: bool) -> list[Choice]:
    """What else can be done with a section."""
    say, written = turn.say, report.written[place]
    of = {"unit": report.unit_id, "period": report.period}
    ways = []
    if adding:
        again = SECTION.build(section=place, **of)
        ways.append(Choice(label=say("Write it anew instead"), action=again))
    else:
        ways.append(Choice(label=say("Add to it"), action=ADD.build(section=place, **of)))
    if written.own:
        usual = USUAL.build(section=place, **of)
        ways.append(Choice(label=say("Back to the program's text"), action=usual, look="quiet"))
    if place + 1 < len(report.written):
        following = SECTION.build(section=place + 1, **of)
        ways.append(Choice(label=say("Next section"), action=following))
    every = SECTIONS.build(**of)
    ways.append(Choice(label=say("All sections"), action=every, look="quiet"))
    return ways


def add_to(turn: Turn, unit: int, period: Period, section: int) -> Sequence[Reply]:
    """A field for more."""
    return [_ask(turn, own_draft(turn, unit, period), section, adding=True)]


def replace_text(turn: Turn, unit: int, period: Period, section: int) -> Sequence[Reply]:
    """The text is what was typed."""
    report = own_draft(turn, unit, period)
    return _save(turn, report, section, tidy(turn.text), adding=False)


def added(turn: Turn, unit: int, period: Period, section: int) -> Sequence[Reply]:
    """What was typed follows what was there."""
    report = own_draft(turn, unit, period)
    before = _at(turn, report, section).text
    text = f"{before}\n{tidy(turn.text)}" if tidy(turn.text) else ""
    return _save(turn, report, section, text, adding=True)


def _save(turn: Turn, report: Opened, place: int, text: str, *, adding: bool) -> Sequence[Reply]:
    say, written = turn.say, _at(turn, report, place)
    if not text:
        error = say("Nothing was typed, so nothing was changed.")
        return [_ask(turn, report, place, adding=adding, error=error)]
    if len(text) > LONGEST:
        error = say(
            "That would be {n} characters; {most} are the most, so nothing was changed. "
            "Please shorten it.",
            n=whole(len(text)),
            most=whole(LONGEST),
        )
        return [_ask(turn, report, place, adding=adding, value=turn.text, error=error)]
    changed = keep_texts(turn, report, {written.section.key: text})
    return [_saved(turn, changed, place)]


def _saved(turn: Turn, report: Opened, place: int) -> Reply:
    """What it reads now; what is typed next is added, so that a long text may come in pieces."""
    say, written = turn.say, report.written[place]
    of = {"unit": report.unit_id, "period": report.period, "section": place}
    again = Choice(label=say("Write it anew"), action=SECTION.build(**of))
    ways = _ways(turn, report, place, adding=False)
    return reply(
        Title(text=_name(turn, written)),
        Text(text=_kept(turn), tone="strong"),
        Text(text=written.text),
        Choices(label=say("What would you like to do?"), choices=(ways[0], again, *ways[1:])),
        awaits=ADDED.build(**of),
    )


def _kept(turn: Turn) -> str:
    """Only in a chat does what is written next reach us without a field for it."""
    sent_by_form = turn.incoming.action is not None
    if sent_by_form:
        return turn.say("Saved.")
    return turn.say("Saved. What you send next is added to it.")


def usual(turn: Turn, unit: int, period: Period, section: int) -> Sequence[Reply]:
    """Ask before own words are lost."""
    say, report = turn.say, own_draft(turn, unit, period)
    written = _at(turn, report, section)
    of = {"unit": unit, "period": period, "section": section}
    drafted = written.section.automatic(report.told, official())
    label = say("Drop your words and take the program's text?")
    return [
        reply(
            Title(text=_name(turn, written)),
            Text(text=label, tone="strong"),
            Note(text=say("Your words:"), more=written.text),
            Note(text=say("The program's text:"), more=drafted),
            Choices(
                label=label,
                choices=(
                    Choice(label=say("Yes, take it"), action=USUAL_YES.build(**of)),
                    Choice(label=say("No, keep mine"), action=SECTION.build(**of), look="primary"),
                ),
            ),
        )
    ]


def usual_yes(turn: Turn, unit: int, period: Period, section: int) -> Sequence[Reply]:
    """The section follows the figures again."""
    report = own_draft(turn, unit, period)
    key = _at(turn, report, section).section.key
    return [_ask(turn, keep_texts(turn, report, {key: ""}), section)]


def keep_texts(turn: Turn, report: Opened, texts: Mapping[str, str]) -> Opened:
    """Store other texts of some sections ("": the program's); the report as it is then."""
    try:
        return keep(turn.session, report, texts)
    except AlreadyApproved:
        raise approved_meanwhile(turn) from None


ROUTES = [
    Route(SECTIONS, section_list, secretary),
    Route(SECTION, section, secretary),
    Route(ADD, add_to, secretary),
    Route(REPLACE, replace_text, secretary, again=SECTION),
    Route(ADDED, added, secretary, again=SECTION),
    Route(USUAL, usual, secretary),
    Route(USUAL_YES, usual_yes, secretary, again=SECTION),
]
