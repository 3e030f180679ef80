"""The audit log's chain, and whether the organisation agrees with its own past."""

from collections.abc import Callable, Iterator, Sequence
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.doctor.finding import Finding, Patient
from handlers.texts import mark
from storage.queries.audit import verify
from storage.queries.consistency import (
    count_audit,
    parents_of_several_pilots,
    people_at_odds_with_their_past,
    people_in_closed_units,
    units_at_odds_with_their_past,
)

_MOST_NAMED = 5

_AT_ODDS: tuple[tuple[Callable[[Session], Sequence[str]], str, str], ...] = (
    (
        units_at_odds_with_their_past,
        mark("Units that were two things on one day: {codes}."),
        mark(
            "Somebody changed unit_past by hand. Figures of those days count them once, as they are"
            " now: restore a backup, or correct the days in unit_past."
        ),
    ),
    (
        people_at_odds_with_their_past,
        mark("People who held one role twice on one day: {codes}."),
        mark(
            "Somebody changed membership_past by hand: restore a backup, or correct the days in"
            " membership_past."
        ),
    ),
    (
        parents_of_several_pilots,
        mark("Units with more than one pilot below them: {codes}."),
        mark("Import the units again with one pilot (column pilot) under each parent."),
    ),
)


def check_organisation(patient: Patient, session: Session) -> Iterator[Finding]:
    """Everything that should agree; one line says so where all of it does."""
    yield _audit(patient, session)
    found = [*_at_odds(patient, session)]
    yield from found
    if not found:
        yield Finding("good", patient.say("Units and roles agree with their past."))


def _audit(patient: Patient, session: Session) -> Finding:
    say, broken = patient.say, verify(session)
    if broken is not None:
        return Finding(
            "bad",
            say(
                "Entry {number} of the audit log does not follow from the one before.",
                number=broken,
            ),
            say(
                "It, or what stood before it, was changed or removed by hand; or a secret is missing"
                " in privacy.old_secrets. Compare with a backup: python -m bot export audit"
            ),
        )
    text = say.count(
        "The audit log is unbroken: {n} entry.",
        "The audit log is unbroken: {n} entries.",
        count_audit(session),
    )
    return Finding("good", text)


def _at_odds(patient: Patient, session: Session) -> Iterator[Finding]:
    say = patient.say
    for find, text, remedy in _AT_ODDS:
        if codes := find(session):
            yield Finding("bad", say(text, codes=_named(codes)), say(remedy))
    today = patient.clock().astimezone(ZoneInfo(patient.settings.schedule.timezone)).date()
    if codes := people_in_closed_units(session, today):
        yield Finding(
            "bad",
            say("People with a role in a closed unit: {codes}.", codes=_named(codes)),
            say(
                "Import where they stand now, with the roles there ended (-member, -secretary):"
                " until then nobody leads or counts them."
            ),
        )


def _named(codes: Sequence[str]) -> str:
    shown = ", ".join(codes[:_MOST_NAMED])
    return f"{shown}, …" if len(codes) > _MOST_NAMED else shown
