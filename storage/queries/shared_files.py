"""Pictures and files that somebody may fetch by an address for a while."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete
from sqlmodel import Session, col

from storage.database import keys_of
from storage.queries.traffic import insert_new
from storage.tables import SharedFile


def share_file(
    session: Session, token: str, content: Mapping[str, Any], *, expires: datetime
) -> None:
    """Keep what is needed to make a file, under a keyed hash of its token; the same again is one."""
    keys = keys_of(session)
    sealed = keys.seal(json.dumps(content, ensure_ascii=False))
    insert_new(
        session,
        SharedFile,
        {"key": keys.pseudonym("file", token), "content": sealed, "expires": expires},
    )


def shared_file(session: Session, token: str, now: datetime) -> dict[str, Any] | None:
    """What was shared under a token; None once it expired, or if there never was such a thing."""
    keys = keys_of(session)
    for name in keys.pseudonyms("file", token):
        row = session.get(SharedFile, name)
        if row is not None and row.expires > now:
            found: dict[str, Any] = json.loads(keys.open(row.content))
            return found
    return None


def forget_files(session: Session, now: datetime) -> int:
    """Forget what has expired; how many."""
    done = session.execute(delete(SharedFile).where(col(SharedFile.expires) <= now))
    assert isinstance(done, CursorResult)
    return done.rowcount
