"""web.zalo_url beside the channels of Zalo: a page that nobody answers, an answer nobody finds."""

from collections.abc import Iterator

from bot.doctor.finding import Finding, Patient


def check_zalo_page(patient: Patient) -> Iterator[Finding]:
    """Whether pages and posters lead people on Zalo to where a program answers."""
    say, settings = patient.say, patient.settings
    if settings.web.zalo_url and not settings.zalo_url:
        yield Finding(
            "mind",
            say("No program answers at web.zalo_url ({url}).", url=settings.web.zalo_url),
            say(
                "Pages offer it as a plain link and posters do not name it: set zalo_oa.app_id, or "
                "zalo_bot.for_citizens for a bot whose plan is large enough."
            ),
        )
    if settings.zalo_oa.app_id and not settings.web.zalo_url:
        yield Finding(
            "mind",
            say("web.zalo_url is empty: neither pages nor posters offer the Official Account."),
            say("Set it to the account's page, https://zalo.me/<id>, before you print posters."),
        )
