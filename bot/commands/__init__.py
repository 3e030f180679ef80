"""The commands of `python -m bot`: one file each; `ALL` is the order in which --help names them."""

from bot.commands import (
    backup,
    digest,
    doctor,
    export,
    import_roster,
    invite,
    migrate,
    qr,
    report,
    restore,
    run,
    tick,
)
from bot.commands.command import Add

ALL: tuple[Add, ...] = (
    run.add,
    doctor.add,
    import_roster.add,
    invite.add,
    qr.add,
    export.add,
    digest.add,
    report.add,
    tick.add,
    backup.add,
    restore.add,
    migrate.add,
)
