"""Why a backup is not restored: each with the sentence an operator reads."""

from handlers.texts import Speech, mark

NOT_EMPTY = mark(
    "The database holds something already (table {table}). A backup is restored into an empty one "
    "only: name another in database.url, or move this one away."
)
LEFT_BEHIND = mark(
    "{file} belongs to a database that was moved away, with the newest of what it holds: move it there "
    "too."
)
STRANGE = mark(
    "The database holds tables that are not this program's: name another in database.url."
)
NEWER = mark(
    "The backup was made by a later release of this program ({program}, revision {revision}). Install "
    "that release."
)
OTHER_SECRET = mark(
    "The backup was made under another privacy.secret. Enter the one of that time, or put it into "
    "privacy.old_secrets: without it neither comments nor receipt codes can be read."
)
OLD_SECRET = mark(
    "The backup needs an earlier secret too ({n} of them are missing from privacy.old_secrets). Enter "
    "it: what it sealed cannot be read without."
)
CHANGED = mark("The backup was changed after it was made: restore another one.")
OF_DEMO = mark("This is the backup of a demo; the configuration is a real one.")
OF_REAL = mark("This is a real installation's backup: a demo does not take it.")
UNREADABLE = mark(
    "The backup is damaged or incomplete ({detail}): nothing was restored. Take another one."
)
MISCOUNTED = mark(
    "After restoring, table {table} holds {found} rows and not {wanted}: nothing was kept."
)
DANGLING = mark("After restoring, rows of {table} point at nothing: nothing was kept.")


class CannotRestore(Exception):
    """A backup that cannot be restored here; nothing was changed."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence.format(**values))
        self.sentence, self.values = sentence, values

    def said(self, say: Speech) -> str:
        """The sentence."""
        return say(self.sentence, **self.values)
