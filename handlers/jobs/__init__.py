"""Jobs: one per file, each finds what is due in the database; the scheduler is only the clock."""

from handlers.jobs.forget import FORGET
from handlers.jobs.job import Job

ALL: tuple[Job, ...] = (FORGET,)
