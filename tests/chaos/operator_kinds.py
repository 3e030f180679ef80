"""Runs about what an operator does: import, migrate, an Official Account's tokens."""

import csv
import re
import time
from pathlib import Path

import httpx
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage.database import open_engine
from storage.schema import newest, revision
from storage.tables import METADATA
from tests.chaos.commands import Command
from tests.chaos.databases import PREVIOUS
from tests.chaos.kinds import Check, add_programs, add_raters, alone, give_tokens, rows
from tests.chaos.people import ZaloRater
from tests.chaos.run import Person, Run
from tests.chaos.supervised import Supervised
from tests.process.program import Program

_NEW = 150


def _roster(folder: Path) -> list[str]:
    """Two new units, many new people, desks and duties: all of it or nothing."""
    files = {
        "units": [("code", "name", "kind", "parent_code", "pilot")]
        + [(f"N{n}", f"Chi đoàn mới {n}", "chi đoàn", "TD", "") for n in range(2)],
        "people": [("code", "full_name", "unit_code", "role", "position", "email")]
        + [(f"X{n}", f"Trần Văn {n}", f"N{n % 2}", "member", "", "") for n in range(_NEW)],
        "desks": [("code", "name", "unit_code", "multi_agency")]
        + [(f"K{n}", f"Quầy mới {n}", f"N{n % 2}", "") for n in range(20)],
        "duties": [("desk_code", "person_code", "from", "to")]
        + [(f"K{n % 20}", f"X{n}", "2026-01-01", "") for n in range(_NEW)],
    }
    for name, content in files.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(content)
    return [str(folder / f"{name}.csv") for name in files]


def take_in(run: Run) -> Check:
    """A roster is taken in while the program runs and citizens rate."""
    alone(run)
    add_programs(run, telegram=run.telegram_settings())
    counting = (
        "SELECT (SELECT count(*) FROM person WHERE code LIKE 'X%'), "
        "(SELECT count(*) FROM desk WHERE code LIKE 'K%'), "
        "(SELECT count(*) FROM duty d JOIN desk k ON k.id = d.desk_id WHERE k.code LIKE 'K%'), "
        "(SELECT count(*) FROM audit)"
    )
    nothing, everything = (0, 0, 0, 0), (_NEW, 20, _NEW, 1)

    def all_or_nothing() -> None:
        (found,) = rows(run, counting)
        if found not in {nothing, everything}:
            run.wrong(f"half of a roster is stored: {found}")

    files = _roster(run.folder)
    importing = Command(run, run.programs[0].program, "import", *files, killed=all_or_nothing)
    run.people.append(importing)
    add_raters(run, 4)

    def check() -> None:
        (found,) = rows(run, counting)
        run.counts["acknowledged"] += 1
        run.counts["applied"] += found == everything
        if found != everything:
            run.wrong(f"the roster is not stored once: {found}, not {everything}")

    return check


def migrate(run: Run) -> Check:
    """The database of the release before is brought to this one; then the program runs on it."""
    alone(run)
    url = run.place.own_url
    counting = (
        "SELECT (SELECT count(*) FROM rating WHERE id LIKE 'of-last-week%'),"
        " (SELECT count(*) FROM person), (SELECT count(*) FROM membership), (SELECT count(*) FROM item)"
    )
    (before,) = rows(run, counting)

    def all_or_nothing() -> None:
        if revision(url) not in {PREVIOUS, newest()}:
            run.wrong(f"the schema stands at {revision(url)}")
        if rows(run, counting) != [before]:
            run.wrong(f"rows were lost: {rows(run, counting)}, not {before}")

    folder = run.folder / "migrating"
    folder.mkdir()
    program = Program(
        folder, {"database": {"url": run.place.url}, "privacy": {"secret": run.secret}}
    )
    migrating = Command(run, program, "migrate", killed=all_or_nothing)
    run.people.append(migrating)
    run.afterwards = lambda: _serve(run)

    def check() -> None:
        all_or_nothing()
        run.counts["acknowledged"] += 1
        run.counts["applied"] += revision(url) == newest()
        engine = open_engine(url)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            if different := compare_metadata(context, METADATA):
                run.wrong(f"the schema is not the models': {different}")
        engine.dispose()

    return check


def _serve(run: Run) -> None:
    add_programs(run, telegram=run.telegram_settings())
    add_raters(run, 3)


class Operator(Person):
    """Looks at /readyz; where a refresh token is lost, gets a new one from Zalo and restarts.

    Zalo's refresh tokens work once: what is lost between its answer and our database is lost.
    """

    def __init__(self, run: Run) -> None:
        self._run, self._looked_at, self._restarting = run, 0.0, False
        self.done = self.looks_on = True

    def __str__(self) -> str:
        return "operator"

    def acts(self) -> None:
        now = time.monotonic()
        if self._restarting:
            self._start_again()
        elif now - self._looked_at > 0.3:
            self._looked_at = now
            if any(self._lost(each) for each in self._run.programs if each.ready):
                self._cure()

    def _lost(self, each: Supervised) -> bool:
        try:
            state = httpx.get(f"{each.program.url}/readyz", timeout=1).json()
        except httpx.HTTPError:
            return False
        return "lost" in str(state.get("doors", {}).get("zalo_oa", {}).get("why", ""))

    def _cure(self) -> None:
        run = self._run
        run.note("the operator brings a new refresh token")
        run.counts["tokens lost"] += 1
        if not run.token_at_risk and not any(each.kills for each in run.programs):
            run.wrong("a refresh token was lost and nothing had struck")
        _, refresh = run.oa.give_tokens()
        for each in run.programs:
            config = each.program.config
            old = re.sub(r'(refresh_token = )".*"', rf'\1"{refresh}"', config.read_text("utf-8"))
            config.write_text(old, "utf-8")
            each.terminate()
        self._restarting = True

    def _start_again(self) -> None:
        if all(each.ended for each in self._run.programs):
            for each in self._run.programs:
                if said := each.said():
                    self._run.wrong(said)
                each.wanted = True
            self._restarting = False


def renew(run: Run) -> Check:
    """The tokens of the Official Account have expired: they are renewed once, and people served."""
    alone(run)
    give_tokens(run, hours_ago=30)
    add_programs(run, telegram=run.telegram_settings(), zalo_oa=run.oa.settings())
    run.people.append(Operator(run))
    for n in range(run.plan.people // 2):
        run.people.append(ZaloRater(run, n + 1, f"Q{n % 3 + 1}"))
    add_raters(run, 3)
    return lambda: None
