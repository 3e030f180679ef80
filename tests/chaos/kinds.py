"""What goes on in each kind of run, and what must hold afterwards besides what always must."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from storage.queries.mark import mark_or_check
from storage.queries.oa_token import plant, store_tokens
from tests.chaos.commands import Command
from tests.chaos.databases import opened
from tests.chaos.forking import Forked, fork_server
from tests.chaos.members import Member
from tests.chaos.office import FIRST_MEMBER, MEMBERS_EACH, UNITS, WEEK, chats_of_secretaries
from tests.chaos.people import Citizen, Rater, WebRater, ZaloBotRater, ZaloRater
from tests.chaos.run import Person, Run
from tests.fakes.telegram import User
from tests.fakes.zalo_oa import APP_ID, FIRST_REFRESH
from tests.process.program import Program

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=HERE)
DIGESTS_DUE = datetime(2026, 11, 23, 8, 0, 20, tzinfo=HERE)
_STATUS = {"Đã làm": "done", "Được một phần": "partly", "Chưa làm được": "not_done"}

Check = Callable[[], None]


def alone(run: Run) -> None:
    """Nobody on the roster has a chat: nothing falls due, whatever day it is."""
    with opened(run.place.own_url) as database:
        database.run_now(lambda session: session.execute(text("DELETE FROM link")))


def add_raters(
    run: Run, number: int, *, web: bool = True, zalo: bool = False, zalo_bot: bool = False
) -> None:
    """Citizens on every door there is, at three desks."""
    kinds: list[Callable[[Run, int, str], Citizen]] = [Rater, Rater]
    kinds += [WebRater] * web + [ZaloRater] * zalo + [ZaloBotRater] * zalo_bot
    for n in range(number):
        kind = kinds[n % len(kinds)]
        run.people.append(kind(run, n + 1, f"Q{n % 3 + 1}"))


def rate(run: Run) -> Check:
    """Citizens rate on Telegram, on the page and on Zalo."""
    alone(run)
    zalo, zalo_bot = run.chance.random() < 0.5, run.chance.random() < 0.5
    sections: dict[str, dict[str, object]] = {"telegram": run.telegram_settings()}
    if zalo:
        give_tokens(run, hours_ago=1)
        sections["zalo_oa"] = run.oa.settings()
    if zalo_bot:
        sections["zalo_bot"] = run.zalo_bot_settings()
    add_programs(run, **sections)
    add_raters(run, run.plan.people, zalo=zalo, zalo_bot=zalo_bot)
    return lambda: None


def add_programs(run: Run, **sections: dict[str, object]) -> None:
    """As many as the plan says; Zalo posts to the first."""
    for _ in range(run.plan.processes):
        run.add_program(**sections)
    run.oa.poster.url = f"{run.programs[0].program.url}/hooks/zalo-oa"


def give_tokens(run: Run, *, hours_ago: float) -> None:
    """Tokens of the Official Account of this age; the access token works for 25 hours."""
    access, refresh = run.oa.give_tokens()
    obtained = datetime.now(UTC) - timedelta(hours=hours_ago)
    expires = obtained + timedelta(hours=25)
    run.oa.world.access[access] = expires.timestamp()
    with opened(run.place.own_url) as database:
        database.run_now(lambda session: mark_or_check(session, demo=False))
        database.run_now(lambda session: plant(session, APP_ID, FIRST_REFRESH))
        database.run_now(
            lambda session: store_tokens(
                session, APP_ID, FIRST_REFRESH, access, refresh, obtained, expires
            )
        )


def rows(run: Run, statement: str) -> Sequence[tuple[object, ...]]:
    with opened(run.place.own_url) as database:
        return database.read_now(
            lambda session: [tuple(row) for row in session.execute(text(statement))]
        )


def pledge(run: Run) -> Check:
    """Members take on an item and report it, after the morning's question; citizens rate."""
    _know_the_bot(run)
    run.set_clock(WEDNESDAY)
    add_programs(run, telegram=run.telegram_settings())
    members = [Member(run, n, FIRST_MEMBER + n) for n in range(run.plan.people)][
        : UNITS * MEMBERS_EACH
    ]
    run.people += members
    add_raters(run, 3)

    def check() -> None:
        wanted = sorted((each.code, _STATUS[each.outcome]) for each in members)
        found = sorted(rows(run, "SELECT p.code, l.status FROM pledge l JOIN person p ON p.id = l.person_id"))  # type: ignore[type-var]  # fmt: skip
        run.counts["acknowledged"] += len(wanted)
        run.counts["applied"] += len(set(wanted) & set(found))  # type: ignore[arg-type]
        if wanted != found:
            run.counts["lost"] += len(set(wanted) - set(found))  # type: ignore[arg-type]
            run.wrong(f"pledged {wanted}, stored {found}")

    return check


def _know_the_bot(run: Run) -> dict[str, User]:
    """Everybody on the roster has written to it before; the secretaries by their code."""
    for number in range(UNITS * MEMBERS_EACH):
        run.telegram.user(FIRST_MEMBER + number, started=True)
    return {
        code: run.telegram.user(chat, first_name=code, started=True)
        for code, chat in chats_of_secretaries().items()
    }


def digest(run: Run) -> Check:
    """The week's digests are due when the programs start; a `tick` may be beside them."""
    secretaries = _know_the_bot(run)
    ticked = run.chance.random() < 0.4
    run.set_clock(DIGESTS_DUE)
    add_programs(run, telegram=run.telegram_settings())
    if ticked:
        program = run.programs[0].program
        run.people.append(Command(run, program, "tick"))
    add_raters(run, 3)

    def got(code: str) -> int:
        return sum("BẢN TIN TUẦN 47" in each.text for each in secretaries[code].messages())

    run.also_settled = lambda: all(got(code) for code in secretaries)

    def check() -> None:
        claims = sorted(key for (key,) in rows(run, "SELECT key FROM claim WHERE key LIKE 'digest/2026-W47/%'"))  # type: ignore[type-var]  # fmt: skip
        wanted = sorted(f"digest/{WEEK}/C{code[1:]}/{code}" for code in secretaries)
        if claims != wanted:
            run.wrong(f"claims {claims}, not {wanted}")
        sent = rows(run, f"SELECT unit_id FROM digest_sent WHERE week = '{WEEK}'")
        if len(sent) != len(secretaries):
            run.wrong(f"{len(sent)} digests are remembered, not {len(secretaries)}")
        run.counts["acknowledged"] += len(wanted)
        run.counts["applied"] += sum(got(code) >= 1 for code in secretaries)
        run.counts["digests twice"] += sum(got(code) - 1 for code in secretaries)

    return check


def clock(run: Run) -> Check:
    """People rate while the clock jumps; none of them is left without an answer."""
    alone(run)
    run.set_clock(WEDNESDAY)
    add_programs(run, telegram=run.telegram_settings())
    add_raters(run, run.plan.people)
    return lambda: None


def pollers(run: Run) -> Check:
    """Somebody else polls with the same token for a while; a second `run` is tried."""
    alone(run)
    add_programs(run, telegram=run.telegram_settings() | {"mode": "polling"})
    add_raters(run, run.plan.people)
    if run.plan.database == "sqlite":
        run.people.append(_SecondRun(run))
    return lambda: None


class _SecondRun(Person):
    """A second `run` on the same file, which must be refused."""

    def __init__(self, run: Run) -> None:
        folder = run.folder / "second"
        folder.mkdir()
        settings: dict[str, dict[str, object]] = {
            "database": {"url": run.place.url},
            "privacy": {"secret": run.secret},
        }
        self._run, self._program = run, Program(folder, settings)
        self._process: Forked | None = None

    def __str__(self) -> str:
        return "a second run"

    def acts(self) -> None:
        if not self._run.programs[0].ready:
            return
        if self._process is None:
            config, log = str(self._program.config), self._program.log
            self._process = fork_server().start("bot", "run", "--config", config, log=log)
        elif self._process.poll() is not None:
            self.done = True
            self._run.struck("second run")
            if self._process.returncode == 0:
                self._run.wrong("a second run on one file was not refused")
