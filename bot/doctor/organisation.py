"""The audit log's chain, and whether the organisation agrees with its own past."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.doctor.finding import Finding, Patient
from handlers.texts import mark
from storage.queries.audit import find_entry, verify
from storage.queries.consistency import (
    count_audit,
    missing_triggers,
    parents_of_several_pilots,
    people_at_odds_with_their_past,
    people_in_closed_units,
    units_at_odds_with_their_past,
    units_without_secretary,
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
    yield from _triggers(patient, session)
    found = [*_at_odds(patient, session)]
    yield from found
    if not found:
        yield Finding("good", patient.say("Units and roles agree with their past."))
    yield from _unled(patient, session)


def _triggers(patient: Patient, session: Session) -> Iterator[Finding]:
    if names := missing_triggers(session):
        yield Finding(
            "bad",
            patient.say(
                "Nothing keeps the audit log from being changed: {names}.", names=", ".join(names)
            ),
            patient.say(
                "These triggers were removed or switched off by hand: restore them from a backup,"
                " and look who has access to the database."
            ),
        )


def _unled(patient: Patient, session: Session) -> Iterator[Finding]:
    if codes := units_without_secretary(session, _today(patient)):
        yield Finding(
            "mind",
            patient.say(
                "Units with members and without a secretary: {codes}.", codes=_named(codes)
            ),
            patient.say("Name one: import a row with the role secretary, or python -m bot invite."),
        )


def _audit(patient: Patient, session: Session) -> Finding:
    say, broken = patient.say, verify(session)
    if broken is not None and find_entry(session, broken) is None:
        return Finding(
            "bad",
            say("The audit log ends before entry {number}, which was there.", number=broken),
            say(
                "The newest entries were removed by hand, or a secret is missing in"
                " privacy.old_secrets. Compare with a backup: python -m bot export audit"
            ),
        )
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
    if codes := people_in_closed_units(session, _today(patient)):
        yield Finding(
            "bad",
            say("People with a role in a closed unit: {codes}.", codes=_named(codes)),
            say(
                "Import where they stand now, with the roles there ended (-member, -secretary):"
                " until then nobody leads or counts them."
            ),
        )


def _today(patient: Patient) -> date:
    return patient.clock().astimezone(ZoneInfo(patient.settings.schedule.timezone)).date()


def _named(codes: Sequence[str]) -> str:
    shown = ", ".join(codes[:_MOST_NAMED])
    return f"{shown}, …" if len(codes) > _MOST_NAMED else shown
