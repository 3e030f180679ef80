"""Jobs: one per file, each finds what is due in the database; the scheduler is only the clock."""

from handlers.jobs.forget import FORGET
from handlers.jobs.job import Job
from handlers.jobs.send_digest import SEND_DIGEST
from handlers.jobs.tidy_invites import TIDY_INVITES

ALL: tuple[Job, ...] = (FORGET, SEND_DIGEST, TIDY_INVITES)
