"""The doctor sees when pages and posters do not lead people to where a program answers on Zalo."""

from bot.doctor import Finding
from tests.bot.test_doctor import examined, only

PAGE = {"zalo_url": "https://zalo.me/0123456789"}
OA = {"app_id": "7", "app_secret": "s", "oa_secret": "o", "refresh_token": "r"}


def found(**sections: dict[str, object]) -> list[Finding]:
    about = "zalo_url"
    return [each for each in examined(**sections) if about in each.text]


def test_a_page_that_no_program_answers_is_named_with_the_cure() -> None:
    finding = only(found(web=dict(PAGE)), "No program answers at web.zalo_url")
    assert finding.kind == "mind"
    assert "https://zalo.me/0123456789" in finding.text
    assert "zalo_oa.app_id" in finding.remedy


def test_a_bot_for_members_alone_answers_no_citizens_there() -> None:
    assert found(web=dict(PAGE), zalo_bot={"token": "1:s"})
    assert not found(web=dict(PAGE), zalo_bot={"token": "1:s", "for_citizens": True})


def test_an_official_account_that_nobody_finds_is_noticed_before_posters_are_printed() -> None:
    finding = only(found(zalo_oa=dict(OA)), "web.zalo_url is empty")
    assert "before you print" in finding.remedy
    assert not found(web=dict(PAGE), zalo_oa=dict(OA))


def test_without_zalo_nothing_is_said() -> None:
    assert found() == []
