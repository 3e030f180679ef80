"""The tokens of an Official Account: both sealed, the refresh token used once."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from storage.database import keys_of
from storage.tables import OaToken

_REMEMBERED_SEEDS = 20


@dataclass(frozen=True)
class Tokens:
    """What is known of an Official Account's tokens, opened; times as in OaToken."""

    access: str
    refresh: str
    obtained: datetime | None = None
    expires: datetime | None = None
    begun: datetime | None = None
    refused: datetime | None = None
    api: str = "v3"

    def __repr__(self) -> str:
        return f"Tokens(expires={self.expires}, begun={self.begun}, refused={self.refused})"


def read_tokens(session: Session, app: str) -> Tokens | None:
    """The tokens of an app's account; None where there are none that a configured secret opens."""
    row = session.get(OaToken, app)
    if row is None:
        return None
    keys = keys_of(session)
    try:
        access, refresh = keys.open(row.access) if row.access else "", keys.open(row.refresh)
    except ValueError:
        return None
    return Tokens(access, refresh, row.obtained, row.expires, row.begun, row.refused, row.api)


def grew_from(session: Session, app: str, configured: str) -> bool:
    """Whether the tokens we have, or earlier ones, grew from this configured refresh token."""
    row = session.get(OaToken, app)
    names = keys_of(session).pseudonyms("oa-seed", app, configured)
    return row is not None and not set(names).isdisjoint(row.seed.split())


def plant(session: Session, app: str, configured: str) -> None:
    """Begin anew with a configured refresh token; an access token we have serves on meanwhile."""
    keys, row = keys_of(session), session.get(OaToken, app)
    if row is None or read_tokens(session, app) is None:
        row = session.merge(OaToken(app=app, seed="", refresh=""))
        row.seed, row.access = "", ""
        row.obtained = row.expires = None
    row.seed = _with_seed(row.seed, keys.pseudonym("oa-seed", app, configured))
    row.refresh = keys.seal(configured)
    row.begun = row.refused = None


def begin_refresh(session: Session, app: str, now: datetime) -> None:
    """Before Zalo is asked: from here on the refresh token we have may be used up."""
    session.get_one(OaToken, app).begun = now


def store_tokens(
    session: Session,
    app: str,
    configured: str,
    access: str,
    refresh: str,
    obtained: datetime,
    expires: datetime,
) -> None:
    """Keep what Zalo answered; nothing may use it before this is committed."""
    keys, row = keys_of(session), session.get_one(OaToken, app)
    row.access, row.refresh = keys.seal(access), keys.seal(refresh)
    row.obtained, row.expires = obtained, expires
    row.begun = row.refused = None
    if grew_from(session, app, configured):  # under the newest secret: an old one may go some day
        row.seed = _with_seed(row.seed, keys.pseudonym("oa-seed", app, configured))


def note_refusal(session: Session, app: str, refresh: str, now: datetime) -> None:
    """Zalo refused this refresh token; unless another one has come in its place meanwhile."""
    found = read_tokens(session, app)
    if found is not None and found.refresh == refresh:
        row = session.get_one(OaToken, app)
        row.refused = row.refused or now


def keep_to_v2(session: Session, app: str) -> None:
    """From now on messages go to the older interface, for good."""
    row = session.get(OaToken, app)
    if row is not None:
        row.api = "v2"


def _with_seed(seeds: str, name: str) -> str:
    others = [each for each in seeds.split() if each != name]
    return " ".join([*others, name][-_REMEMBERED_SEEDS:])
