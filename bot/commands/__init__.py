"""The commands of `python -m bot`: one file each; `ALL` is the order in which --help names them."""

from bot.commands import doctor, import_roster, migrate, run
from bot.commands.command import Add

ALL: tuple[Add, ...] = (
    run.add,
    doctor.add,
    import_roster.add,
    migrate.add,
)
