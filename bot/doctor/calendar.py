"""Whether the public holidays of this and the next year are known."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bot.doctor.finding import Finding, Patient
from handlers.workdays import holidays_known


def check_holidays(patient: Patient) -> Iterator[Finding]:
    """A year the library does not reach has no free day but weekends; nothing to say otherwise."""
    zone = ZoneInfo(patient.settings.schedule.timezone)
    this = patient.clock().astimezone(zone).year
    for year in (this, this + 1):
        if not holidays_known(year):
            yield Finding(
                "mind",
                patient.say("The public holidays of {year} are not known.", year=year),
                patient.say(
                    "Name them in schedule.days_off, or install a newer version of the program."
                ),
            )
