"""What must hold after every run, whatever befell it: in the database, and in every chat."""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlmodel import Session

from storage.tables import METADATA, Rating
from tests.chaos.databases import opened
from tests.chaos.people import Citizen, Rater, WebRater
from tests.chaos.run import Run

_NOTED_WITHIN_S = 2.5  # after a message went out it is written down; a kill in between repeats it
_ARRIVES_WITHIN_S = 0.5  # what a process sent before its end may arrive after it
_OUTAGE_LASTS_S = 13.0
_UNNOTICED_S = 1.1
_HARMLESS = ("not modified", "query is too old")
_POSTS = {"sendMessage", "sendPhoto", "sendDocument"}


def check(run: Run) -> None:
    """Add whatever is wrong to the run's violations."""
    with opened(run.place.own_url) as database:
        database.read_now(lambda session: _check_rows(session, run))
        database.read_now(lambda session: _check_ratings(session, run))
    _check_chats(run)
    _check_statuses(run)
    refusals = [
        f"{each.method}: {each.description}"
        for each in run.telegram.refusals
        if not any(words in each.description for words in _HARMLESS)
    ]
    refusals += [*run.oa.refusals, *run.zalo_bot.refusals]
    if refusals:
        run.wrong(f"messengers refused: {refusals}")


def _check_rows(session: Session, run: Run) -> None:
    """No row refers to one that is not there, nothing is left to send, the file is sound."""
    for orphans in _orphans(session):
        run.wrong(orphans)
    left = session.execute(text("SELECT count(*) FROM outbox")).scalar_one()
    if left:
        run.wrong(f"{left} messages are left in the outbox")
    if session.get_bind().dialect.name == "sqlite":
        said = session.execute(text("PRAGMA integrity_check")).scalar_one()
        if said != "ok":
            run.wrong(f"the file is damaged: {said}")


def _orphans(session: Session) -> Iterator[str]:
    for table in METADATA.tables.values():
        for key in table.foreign_keys:
            child, parent = key.parent, key.column
            other = parent.table.alias()
            there = select(other.c[parent.name]).where(other.c[parent.name] == child).exists()
            count = select(func.count()).select_from(table).where(child.is_not(None), ~there)
            if number := session.execute(count).scalar_one():
                yield f"{number} rows of {table.name} have no {parent.table.name}"


def _check_ratings(session: Session, run: Run) -> None:
    """Each person who tapped has one rating, of the level they tapped last."""
    raters = [each for each in run.people if isinstance(each, Citizen)]
    wanted = Counter(
        (each.desk, each.channel, each.level) for each in raters if each.level is not None
    )
    rows = session.execute(
        text(
            "SELECT d.code, r.channel, r.level FROM rating r JOIN desk d ON d.id = r.desk_id"
            " WHERE r.id NOT LIKE 'of-last-week%'"
        )
    )
    found = Counter((code, channel, level) for code, channel, level in rows)
    run.counts["acknowledged"] += wanted.total()
    run.counts["applied"] += (wanted & found).total()
    if lost := wanted - found:
        run.counts["lost"] += lost.total()
        run.wrong(f"ratings lost: {dict(lost)}")
    if (twice := found - wanted) and run.plan.kind != "clock":  # there, days come again
        run.counts["twice"] += twice.total()
        run.wrong(f"ratings nobody gave: {dict(twice)}")
    encounters = session.execute(
        select(func.count(), func.count(func.distinct(Rating.__table__.c.encounter))).where(  # type: ignore[attr-defined]
            Rating.__table__.c.encounter.is_not(None)  # type: ignore[attr-defined]
        )
    ).one()
    if encounters[0] != encounters[1]:
        run.wrong(f"{encounters[0] - encounters[1]} encounters are rated twice")


def _check_statuses(run: Run) -> None:
    """Webhooks say 200 or, while the database is away, 503: so that it comes again. 0: no answer."""
    statuses = Counter(status for each in run.oa.poster.events for status in each.statuses)
    pages = Counter(n for each in run.people if isinstance(each, WebRater) for n in each.refused)
    statuses.update(run.zalo_bot.updates.posts)
    run.counts["answered 503"] += statuses[503] + pages[503]
    if others := set(statuses) - {0, 200, 503}:
        run.wrong(f"webhooks answered {others}")
    said = str(run.telegram.webhook_info.get("last_error_message", ""))
    if "Wrong response" in said and "503" not in said:
        run.wrong(f"Telegram's webhook: {said}")


@dataclass(frozen=True)
class _Came:
    """A message that a person has, since when; `unheard`: the bot was not told so."""

    chat: str
    words: str
    at: float
    unheard: bool


def _check_chats(run: Run) -> None:
    """A message comes twice only if the first was in flight at a kill, and once more a kill."""
    by_chat: dict[tuple[str, str], list[_Came]] = {}
    for each in (*_on_telegram(run), *_on_zalo_bot(run)):
        by_chat.setdefault((each.chat, each.words), []).append(each)
    came = {str(each.user.id): each.came for each in run.people if isinstance(each, Rater)}
    for (chat, words), messages in by_chat.items():
        if came.get(chat, 0) > 1:
            continue  # who comes again is asked again
        for first, again in itertools.pairwise(messages):
            run.counts["repeated"] += 1
            if not _explained(run, first, again):
                run.wrong(f"{chat} got twice, {again.at - first.at:.2f} s apart: {words[:60]!r}")


def _on_telegram(run: Run) -> Iterator[_Came]:
    for each in run.telegram.calls:
        arrived = each.outcome in {"ok", "dropped"} and each.message_id is not None
        if each.method in _POSTS and arrived:
            words = str(each.params.get("text") or each.params.get("caption") or "")
            yield _Came(str(each.chat), words, each.at, unheard=each.outcome == "dropped")


def _on_zalo_bot(run: Run) -> Iterator[_Came]:
    for each in run.zalo_bot.calls("sendMessage"):
        if each.code == 0:
            words = str(each.body.get("text", ""))
            yield _Came(str(each.body["chat_id"]), words, each.began, unheard=each.unheard)


def _explained(run: Run, first: _Came, again: _Came) -> bool:
    if first.unheard:
        return True
    kills = [at for each in run.programs for at in each.kills]
    if any(-_ARRIVES_WITHIN_S < at - first.at < _NOTED_WITHIN_S and at < again.at for at in kills):
        return True
    # Up to a second after a crash its sender has not noticed that its lock is gone, and what is
    # under way then to a slow messenger may be taken over before it is written down.
    return any(first.at - _UNNOTICED_S <= at <= again.at for at in run.gaps) or any(
        at - _OUTAGE_LASTS_S < first.at < at <= again.at for at in run.gaps
    )
