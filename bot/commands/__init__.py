"""The commands of `python -m bot`: one file each; `ALL` is the order in which --help names them."""

from bot.commands import doctor, migrate, run
from bot.commands.command import Add

ALL: tuple[Add, ...] = (
    run.add,
    doctor.add,
    migrate.add,
)
