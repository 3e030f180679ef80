"""A report as a document: every word and figure of it, in the language of the Union's papers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from handlers.messages import Document
from handlers.reports.figures import STATES, Figures
from handlers.reports.frame import place_and_date
from handlers.reports.head_lines import head_lines
from handlers.reports.narrative import Written, official
from handlers.reports.opened import Opened
from handlers.reports.tables import HIDDEN, figure_rows, unit_rows, whole
from handlers.texts import Speech


def document(report: Opened) -> Document:
    """The Word file; its name says unit, period and state."""
    return Document(recipe="report", data=document_data(report), name=f"{file_name(report)}.docx")


def file_name(report: Opened) -> str:
    """Such as BC-C1-2026-10-lan2, or BC-C1-2026-10-duthao."""
    state = f"-lan{report.revision}" if report.revision > 1 else ""
    draft = "" if report.approved else "-duthao"
    return f"BC-{report.frame.code}-{report.period}{state}{draft}"


def document_data(report: Opened) -> dict[str, Any]:
    """What handlers.documents.report_document fills the template with."""
    say, told, frame = official(), report.told, report.frame
    figures, (sections, closing) = told.figures, _sections(report.written)
    return {
        "mark": "" if report.approved else _mark(report, say),
        "upper": head_lines(frame.upper),
        "unit": head_lines(frame.unit),
        "number": say("No.: ……-{symbol}", symbol=frame.symbol),
        "place_and_date": place_and_date(frame, report.approved_on, say),
        "subject": say(
            "Results of the movement “3 responsibilities” in {period}",
            period=told.period.label(say),
        ),
        "revision": _revision(report, say),
        "opening": _opening(report, say),
        "sections": sections,
        "closing": closing,
        "figures": _figures(figures, say),
        "signer_title": frame.signer_title.upper(),
        "signer_name": frame.signer_name,
        "recipients": list(frame.recipients),
        "annex_about": _annex_about(report, say),
        **_chart(figures, say),
        "panels": _panels(figures, say),
        "units": _units(figures, say),
    }


def _mark(report: Opened, say: Speech) -> str:
    if report.told.running:
        return say("DRAFT – figures up to {day}", day=_day(report.told.figures.until))
    return say("DRAFT")


def _revision(report: Opened, say: Speech) -> str:
    if report.revision == 1:
        return ""
    if report.replaces is None:
        return say("(Revision {n})", n=report.revision)
    return say(
        "(Revision {n}, in place of the one approved on {day})",
        n=report.revision,
        day=_day(report.replaces),
    )


def _opening(report: Opened, say: Speech) -> str:
    told = report.told
    if told.running:
        return say(
            "The executive committee of {unit} reports the results of the movement “3 "
            "responsibilities” in {period} (from {first} to {last}; figures up to {until}) as "
            "follows:",
            unit=told.unit_name,
            period=told.period.label(say),
            first=_day(told.first),
            last=_day(told.last),
            until=_day(told.figures.until),
        )
    return say(
        "The executive committee of {unit} reports the results of the movement “3 "
        "responsibilities” in {period} (from {first} to {last}) as follows:",
        unit=told.unit_name,
        period=told.period.label(say),
        first=_day(told.first),
        last=_day(told.last),
    )


def _sections(written: Sequence[Written]) -> tuple[list[dict[str, Any]], list[str]]:
    """The sections, and the last paragraph of the last one, which stays with the signature."""
    found: list[dict[str, Any]] = []
    for each in written:
        if each.section.part:
            found.append({"heading": each.section.part.upper(), "level": 1})
        found.append(
            {
                "heading": _heading(each),
                "level": each.section.level,
                "paragraphs": each.paragraphs,
                "figures": not any(one.get("figures") for one in found),
            }
        )
    last = found[-1]["paragraphs"]
    found[-1]["paragraphs"] = last[:-1]
    return found, last[-1:]


def _heading(written: Written) -> str:
    heading = written.section.heading
    return heading.upper() if written.section.level == 1 else heading


def _figures(figures: Figures, say: Speech) -> dict[str, Any]:
    return {
        "caption": say("Table 1. Figures of the period"),
        "header": {
            "no": say("No."),
            "name": say("Indicator"),
            "now": say("This period"),
            "before": say("Period before"),
            "change": say("Rise or fall"),
        },
        "rows": [each.as_dict() for each in figure_rows(figures, say)],
        "note": _note(figures, say),
    }


def _note(figures: Figures, say: Speech) -> str:
    now, before = figures.now, figures.before
    days = {"first": _day(now.first), "last": _day(now.last)}
    said = (
        say("This period: {first} to {last}.", **days)
        if before is None
        else say(
            "This period: {first} to {last}; the period before: {before_first} to {before_last}.",
            **days,
            before_first=_day(before.first),
            before_last=_day(before.last),
        )
    )
    if now.ratings and now.satisfied is None:
        return f"{said} {_why_hidden(figures, say)}"
    if now.satisfied is not None and now.satisfied.of < now.ratings:
        part = say(
            "Satisfaction is counted of {of} of the {all} ratings; the others stay out so that no "
            "few of them can be worked out.",
            of=whole(now.satisfied.of),
            all=whole(now.ratings),
        )
        return f"{said} {part}"
    return said


def _why_hidden(figures: Figures, say: Speech) -> str:
    return say(
        "“{sign}”: not shown, for fewer than {k} ratings or because those of a small unit could be "
        "worked out from it.",
        sign=HIDDEN,
        k=figures.k,
    )


def _chart(figures: Figures, say: Speech) -> dict[str, Any]:
    """Pledges by responsibility, where there are any."""
    caption = say("Chart. Pledges by responsibility and outcome")
    if not figures.now.pledges:
        return {"chart_caption": caption, "bars": None}
    bars = [
        [axis.vi, *(axis.pledges.get(status, 0) for status in STATES)]
        for axis in figures.now.axes[:6]
    ]
    names = [say("Done that"), say("Partly"), say("Not done"), say("Not reported")]
    return {
        "chart_caption": caption,
        "bars": {"pledges": bars, "pledge_names": names, "pledges_title": ""},
    }


def _panels(figures: Figures, say: Speech) -> list[dict[str, Any]]:
    found = []
    for panel in figures.panels:
        points = "–" if panel.points is None else whole(round(panel.points))
        lines = [
            say(
                "– {indicator}: {share} of {of}",
                indicator=vi,
                share="–" if value is None else f"{round(value * 100)}%",
                of=whole(of),
            )
            for vi, _, value, of in panel.indicators
            if of
        ]
        name = say("{panel}: {points} of 100 points", panel=panel.vi, points=points)
        found.append({"name": name, "lines": lines})
    return found


def _units(figures: Figures, say: Speech) -> dict[str, Any]:
    hidden = any(each.ratings and each.satisfied is None for each in figures.below)
    return {
        "caption": say("Table 2. The units right below, with the units below them"),
        "header": {
            "no": say("No."),
            "name": say("Unit"),
            "members": say("Members"),
            "pledged": say("Pledged"),
            "pledges": say("Tasks"),
            "ratings": say("Ratings"),
            "satisfied": say("Satisfied"),
        },
        "rows": [each.as_dict() for each in unit_rows(figures)],
        "note": _why_hidden(figures, say) if hidden else "",
    }


def _annex_about(report: Opened, say: Speech) -> str:
    return say(
        "(with the report of {unit}, {period})",
        unit=report.told.unit_name,
        period=report.period.label(say),
    )


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"
