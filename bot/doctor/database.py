"""The database: there, of our version, writable, sound; its disk or its server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.doctor.backups import check_backup
from bot.doctor.finding import Finding, Patient
from bot.doctor.organisation import check_organisation
from handlers.texts import mark
from storage.connecting import refused_by_pooler
from storage.database import normalised, open_engine
from storage.errors import SchemaIsNewer, SchemaIsOld
from storage.queries.checkup import look_at_roster
from storage.queries.mark import is_marked_demo
from storage.schema import create_or_check, newest, revision

_OLDEST_POSTGRESQL = 14
_LITTLE_SPACE = 500 * 2**20
_MOST_DRIFT_S = 30
_MOST_NAMED = 5


def check_database(patient: Patient) -> Iterator[Finding]:
    """Everything about the database that can be known without changing it."""
    say, url = patient.say, normalised(patient.settings.database.url)
    if is_missing(url):
        yield Finding(
            "mind",
            say("The database {file} does not exist yet.", file=url.database),
            say("The first command makes it, for example: python -m bot import FILE"),
        )
        return
    try:
        found = revision(patient.settings.database.own_url)
        yield _version(patient, found)
        if found is None:
            return
        yield from _look_inside(patient, url, current=found == newest())
    except DBAPIError as error:
        if refused_by_pooler(str(error)):
            yield Finding("bad", say(POOLER), say(_PAST_IT))
            return
        yield Finding(
            "bad",
            say("The database cannot be used: {detail}", detail=first_line(error)),
            say("Check database.url, that the server is running and that this user may enter."),
        )


POOLER = mark(
    "database.url leads to a pooler such as pgbouncer, past which locks are needed: name the server "
    "itself in database.direct_url."
)
_PAST_IT = mark("docs/scaling.md shows both addresses.")
_WHICH = text("SELECT current_database(), system_identifier FROM pg_control_system()")


def _same_server(patient: Patient, ours: Connection) -> Finding:
    """Whether what the pooler leads to is what is behind direct_url."""
    say, settings = patient.say, patient.settings.database
    engine = open_engine(settings.url, terms=settings.terms())
    try:
        with engine.connect() as pooled:
            same = pooled.execute(_WHICH).one() == ours.execute(_WHICH).one()
    finally:
        engine.dispose()
    if same:
        return Finding("good", say("database.url and database.direct_url lead to one database."))
    return Finding(
        "bad",
        say("database.url and database.direct_url lead to different databases."),
        say(_PAST_IT),
    )


def first_line(error: Exception) -> str:
    """What the driver says, without the statement and its values."""
    said = str(getattr(error, "orig", None) or error)
    return (said.strip().splitlines() or [type(error).__name__])[0]


def is_missing(url: URL) -> bool:
    """Whether it is a file that is not there yet."""
    return url.drivername == "sqlite" and not Path(url.database or "").exists()


def _version(patient: Patient, found: str | None) -> Finding:
    say = patient.say
    if found is None:
        return Finding(
            "mind",
            say("The database is empty."),
            say("The first command fills it with its tables, for example: python -m bot migrate"),
        )
    try:
        create_or_check(patient.settings.database.own_url)
    except SchemaIsOld:
        return Finding(
            "bad",
            say("The database was made by an earlier release ({revision}).", revision=found),
            say("Make a backup, then run: python -m bot migrate"),
        )
    except SchemaIsNewer:
        return Finding(
            "bad",
            say("The database was made by a later release ({revision}).", revision=found),
            say("Install that release of the program, or restore an older backup."),
        )
    return Finding("good", say("The database has the tables of this release."))


def _look_inside(patient: Patient, url: URL, *, current: bool) -> Iterator[Finding]:
    engine = open_engine(patient.settings.database.own_url, pool_size=1)
    try:
        with engine.connect() as connection:
            yield _writable(patient, connection)
            if url.drivername == "sqlite":
                yield _integrity(patient, connection)
                yield _disk(patient, Path(url.database or ""))
            else:
                yield from _server(patient, connection)
                if patient.settings.database.direct_url:
                    yield _same_server(patient, connection)
            if current:
                keys = patient.settings.keys()
                yield from _contents(patient, Session(connection, info={"keys": keys}))
            connection.rollback()
    finally:
        engine.dispose()


def _writable(patient: Patient, connection: Connection) -> Finding:
    say = patient.say
    attempt = connection.begin_nested()
    try:
        connection.execute(text("CREATE TABLE doctor_was_here (id INTEGER)"))
    except DBAPIError as error:
        return Finding(
            "bad",
            say("The database cannot be written to: {detail}", detail=first_line(error)),
            say("Check the rights of this user on the file and its folder, or on the schema."),
        )
    finally:
        attempt.rollback()
    return Finding("good", say("The database can be written to."))


def _integrity(patient: Patient, connection: Connection) -> Finding:
    say = patient.say
    verdict = str(connection.execute(text("PRAGMA integrity_check(1)")).scalar())
    journal = str(connection.execute(text("PRAGMA journal_mode")).scalar())
    if verdict != "ok":
        return Finding(
            "bad",
            say("The database file is damaged: {detail}", detail=verdict.splitlines()[0]),
            say("Stop the program, keep a copy of the file and restore the latest backup."),
        )
    if journal != "wal":
        return Finding(
            "bad",
            say("The database file cannot use a write-ahead log (it says {mode}).", mode=journal),
            say("Move it to a disk of this machine: network drives do not work."),
        )
    return Finding("good", say("The database file is sound."))


def _disk(patient: Patient, file: Path) -> Finding:
    say = patient.say
    free = shutil.disk_usage(file.parent).free
    megabytes = free // 2**20
    if free < _LITTLE_SPACE:
        return Finding(
            "bad",
            say("Only {n} MB are free on the disk of the database.", n=megabytes),
            say("Make room, or move the file: without space nothing can be stored."),
        )
    return Finding("good", say("{n} MB are free on the disk of the database.", n=megabytes))


def _server(patient: Patient, connection: Connection) -> Iterator[Finding]:
    say = patient.say
    version = connection.execute(text("SHOW server_version_num")).scalar_one()
    major = int(version) // 10_000
    if major < _OLDEST_POSTGRESQL:
        yield Finding(
            "bad",
            say("PostgreSQL {major} is too old.", major=major),
            say("Use PostgreSQL {major} or later.", major=_OLDEST_POSTGRESQL),
        )
    else:
        yield Finding("good", say("PostgreSQL {major} answers.", major=major))
    there = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    yield clock_finding(patient, abs((patient.clock() - there).total_seconds()))


def clock_finding(patient: Patient, drift: float) -> Finding:
    """Whether this machine's clock agrees with another one, `drift` seconds away."""
    say = patient.say
    if drift > _MOST_DRIFT_S:
        return Finding(
            "bad",
            say("The clock of this machine is {n} seconds off.", n=round(drift)),
            say("Switch on time synchronisation (NTP): days and duties depend on the clock."),
        )
    return Finding("good", say("The clock of this machine is right."))


def _contents(patient: Patient, session: Session) -> Iterator[Finding]:
    say = patient.say
    marked = is_marked_demo(session)
    if marked is not None and marked != patient.settings.demo:
        yield Finding(
            "bad",
            say("This is a demo's database.") if marked else say("This is no demo's database."),
            say("Set database.url to another file: demo and real data never share one."),
        )
    yield from _roster(patient, session)
    yield from check_organisation(patient, session)
    yield from check_backup(patient, session)


def _roster(patient: Patient, session: Session) -> Iterator[Finding]:
    say, roster = patient.say, look_at_roster(session)
    if not roster.desks:
        yield Finding(
            "mind",
            say("The roster has no desk yet: nobody can rate."),
            say("Import it: python -m bot import FILE"),
        )
        return
    yield Finding(
        "good",
        say(
            "The roster holds {units} units, {people} people and {desks} desks.",
            units=roster.units,
            people=roster.people,
            desks=roster.desks,
        ),
    )
    if roster.unserved:
        named = ", ".join(roster.unserved[:_MOST_NAMED])
        yield Finding(
            "mind",
            say.count(
                "Nobody was ever on duty at {n} desk: {codes}.",
                "Nobody was ever on duty at {n} desks, such as {codes}.",
                len(roster.unserved),
                codes=named,
            ),
            say("Import duties for them; until then the desk itself is rated."),
        )
