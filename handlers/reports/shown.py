"""A report in a chat: what it is, how it stands, what its figures say in a few lines."""

from datetime import date, timedelta

from handlers.digest.wording import percent
from handlers.messages import Note, Part, Text, Title
from handlers.reports.figures import Share
from handlers.reports.opened import Opened
from handlers.reports.periods import Period
from handlers.texts import Speech


def heading(period: Period, unit_name: str, say: Speech) -> Title:
    """Which report this is."""
    return Title(text=say("Report of {period} – {unit}", period=period.label(say), unit=unit_name))


def state(report: Opened, say: Speech) -> str:
    """How it stands."""
    if report.approved_on is not None:
        day = _day(report.approved_on)
        if report.revision > 1:
            return say("Revision {n}, approved on {day}.", n=report.revision, day=day)
        return say("Approved on {day}.", day=day)
    if report.told.running:
        return say(
            "A draft; the period runs until {last}, figures are up to {until}.",
            last=_day(report.told.last),
            until=_day(report.told.figures.until),
        )
    if report.revision > 1:
        return say("A draft of revision {n}.", n=report.revision)
    return say("A draft, not approved yet.")


def overview(report: Opened, say: Speech) -> list[Part]:
    """Heading, state and the figures that matter most."""
    told = report.told
    parts: list[Part] = [
        heading(report.period, told.unit_name, say),
        Text(text=state(report, say), tone="strong"),
    ]
    if report.remark:
        parts.append(
            Text(text=say("Sent back for revision: {remark}", remark=report.remark), tone="alert")
        )
    parts += [Text(text="\n".join(_figures(report, say))), Note(text=_days(report, say))]
    return [*parts, Note(text=_joined(report, say))] if report.joined else parts


def _figures(report: Opened, say: Speech) -> list[str]:
    now = report.told.now
    lines = [
        say(
            "• Members who pledged: {n} of {of} ({share})",
            n=now.pledged,
            of=now.members,
            share=_percent(Share(n=now.pledged, of=now.members)),
        ),
        say("• Tasks: {all}, of {told} the outcome was reported", all=now.pledges, told=now.told),
    ]
    if now.satisfied is None:
        lines.append(say("• Citizens' ratings: {n} (no scores shown)", n=now.ratings))
    else:
        lines.append(
            say(
                "• Citizens satisfied: {n} of {of} ratings ({share})",
                n=now.satisfied.n,
                of=now.satisfied.of,
                share=_percent(now.satisfied),
            )
        )
    units = report.told.figures.units
    if units is not None:
        lines.append(say("• Units active: {n} of {of}", n=units.n, of=units.of))
    return lines


def _days(report: Opened, say: Speech) -> str:
    told = report.told
    own = sum(each.own for each in report.written)
    return say(
        "From {first} to {last}. {own} of the {all} sections are in your own words, the others are "
        "written from the figures.",
        first=_day(told.first),
        last=_day(told.last),
        own=own,
        all=len(report.written),
    )


def _joined(report: Opened, say: Speech) -> str:
    return say(
        "The last day that counts was changed in between. This period runs from {first} to {last}, "
        "so that no day is reported twice and none is left out.",
        first=_day(report.told.first),
        last=_day(report.told.last),
    )


def first_day_after(last: date) -> str:
    """The day from which a period can be approved."""
    return _day(last + timedelta(days=1))


def _percent(share: Share) -> str:
    return "–" if share.value is None else percent(share.value)


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"
