"""How a command fails: whatever it was, the operator reads a sentence and learns what to do."""

import difflib
import errno
from collections.abc import Iterable
from typing import get_args

from cyclopts.exceptions import (
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    UnknownCommandError,
    UnknownOptionError,
)

from handlers.texts import Speech, mark


def misuse(error: CycloptsError, say: Speech) -> str:
    """What was wrong with the line that was typed."""
    if isinstance(error, UnknownCommandError):
        token = (error.unused_tokens or ["?"])[0]
        return _with_guess(
            say("There is no command {name}.", name=token), token, _names(error), say
        )
    if isinstance(error, UnknownOptionError):
        token = error.token.keyword or error.token.value
        known = [name for each in error.argument_collection for name in each.names]
        return _with_guess(say("There is no option {name}.", name=token), token, known, say)
    if isinstance(error, MissingArgumentError) and error.argument is not None:
        if error.keyword or error.argument.tokens:
            return say("{name} needs a value. See --help.", name=error.argument.name)
        return say("{name} is missing. See --help.", name=error.argument.name)
    if isinstance(error, CoercionError) and error.argument is not None:
        return _unusable(error.argument.name, _literals(error.argument.hint), say)
    error.verbose = False
    return str(error)


def _literals(hint: object) -> list[str]:
    """The values of Literal["a", "b"], also inside Literal["a", "b"] | None."""
    if isinstance(hint, str):
        return [hint]
    return [each for inner in get_args(hint) for each in _literals(inner)]


def _unusable(name: str, choices: list[str], say: Speech) -> str:
    if choices:
        return say("{name} must be one of: {choices}.", name=name, choices=", ".join(choices))
    return say("The value of {name} cannot be used. See --help.", name=name)


def _names(error: CycloptsError) -> list[str]:
    return [name for name in error.app or () if not name.startswith("-")]


def _with_guess(sentence: str, token: str, known: Iterable[str], say: Speech) -> str:
    close = difflib.get_close_matches(token, list(known), n=1)
    if close:
        return f"{sentence} " + say("Did you mean {name}?", name=close[0])
    return f"{sentence} " + say("See --help.")


_OLD = mark(
    "The database was made by an earlier release. Make a backup, then run: python -m bot migrate"
)
_NEWER = mark(
    "The database was made by a later release of this program. "
    "Install that release, or restore an older backup."
)
_MARKED = mark(
    "This database belongs to the other mode: a demo and real data never share one. "
    "Set database.url to another file."
)
_RUNNING = mark(
    "The program is running on this database already. Stop it first, or give this one a database "
    "of its own."
)


def failure(error: Exception, say: Speech) -> str:
    """What went wrong with the work."""
    from sqlalchemy.exc import DBAPIError

    from bot.locks import AlreadyRunning
    from handlers.errors import Refused
    from storage.errors import DatabaseUnavailable, SchemaIsNewer, SchemaIsOld, WrongMark

    known = (
        (SchemaIsOld, _OLD),
        (SchemaIsNewer, _NEWER),
        (WrongMark, _MARKED),
        (AlreadyRunning, _RUNNING),
    )
    for kind, sentence in known:
        if isinstance(error, kind):
            return say(sentence)
    if isinstance(error, Refused):
        return error.wording
    if isinstance(error, DBAPIError | DatabaseUnavailable):
        return _no_database(error, say)
    if isinstance(error, OSError):
        return _of_the_system(error, say)
    return _unforeseen(error, say)


def _no_database(error: Exception, say: Speech) -> str:
    from bot.doctor.database import POOLER, first_line
    from storage.connecting import refused_by_pooler

    if refused_by_pooler(str(error)):
        return say(POOLER)
    return say("The database cannot be used: {detail}", detail=first_line(error))


def _of_the_system(error: OSError, say: Speech) -> str:
    if error.errno == errno.EADDRINUSE:
        return say(
            "Another program listens on {address}. Stop it, or choose another port: "
            "web.port in the configuration, BOT_WEB__PORT in the environment.",
            address=error.filename or "?",
        )
    if isinstance(error, IsADirectoryError):
        return say("{file} is a folder: name a file in it.", file=error.filename or "?")
    return say("{file}: {detail}", file=error.filename or "?", detail=error.strerror or str(error))


def _unforeseen(error: Exception, say: Speech) -> str:
    """A fault of ours: its type and place help to mend it; its text may quote a person."""
    from bot.observability import where

    return say(
        "This should not have happened: {error} at {trail}. Please report this line.",
        **where(error),
    )
