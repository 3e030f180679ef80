"""The list of checks, in the order an operator mends things."""

from collections.abc import Iterator

from bot.doctor.backups import check_repository
from bot.doctor.calendar import check_holidays
from bot.doctor.database import check_database
from bot.doctor.files import check_files
from bot.doctor.finding import Check, Finding, Patient
from bot.doctor.surroundings import check_public_url, check_secret, check_time_zone
from bot.doctor.telegram import check_telegram
from bot.doctor.zalo_bot import check_zalo_bot
from bot.doctor.zalo_oa import check_zalo_oa
from bot.doctor.zalo_page import check_zalo_page

CHECKS: tuple[Check, ...] = (
    check_secret,
    check_files,
    check_repository,
    check_database,
    check_time_zone,
    check_holidays,
    check_public_url,
    check_telegram,
    check_zalo_page,
    check_zalo_bot,
    check_zalo_oa,
)


def examine(patient: Patient) -> Iterator[Finding]:
    """Every finding of every check, as it is made."""
    for check in CHECKS:
        yield from check(patient)
