"""Jobs: one per file, each finds what is due in the database; the scheduler is only the clock."""

from handlers.jobs.end_shifts import END_SHIFTS
from handlers.jobs.forget import FORGET
from handlers.jobs.give_up_pages import GIVE_UP_PAGES
from handlers.jobs.job import Job
from handlers.jobs.remind_checkin import REMIND_CHECKIN
from handlers.jobs.remind_pledge import REMIND_PLEDGE
from handlers.jobs.send_digest import SEND_DIGEST
from handlers.jobs.tidy_invites import TIDY_INVITES

ALL: tuple[Job, ...] = (
    FORGET,
    REMIND_PLEDGE,
    REMIND_CHECKIN,
    END_SHIFTS,
    SEND_DIGEST,
    TIDY_INVITES,
    GIVE_UP_PAGES,
)
