"""What the doctor says of an Official Account, without touching its refresh token."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest
from sqlmodel import Session

from bot.config import Settings
from bot.doctor.finding import Finding, Patient
from bot.doctor.zalo_oa import check_zalo_oa
from handlers.texts import Speaker
from storage.database import Database
from storage.queries.oa_token import (
    begin_refresh,
    keep_to_v2,
    note_refusal,
    plant,
    store_tokens,
)
from tests.conftest import SECRET, Clock
from tests.fakes.zalo_oa import APP_ID, APP_SECRET, FIRST_REFRESH

Examine = Callable[..., list[Finding]]


@pytest.fixture
def examine(database_url: str, clock: Clock) -> Iterator[Examine]:
    def untouched(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"asked {request.url}")

    with httpx.Client(transport=httpx.MockTransport(untouched)) as http:

        def examine(**zalo_oa: object) -> list[Finding]:
            account = {
                "app_id": APP_ID,
                "app_secret": APP_SECRET,
                "refresh_token": FIRST_REFRESH,
                **zalo_oa,
            }
            settings = Settings.model_validate(
                {
                    "privacy": {"secret": SECRET},
                    "database": {"url": database_url},
                    "web": {"public_url": "https://dg.example.vn"},
                    "zalo_oa": account,
                }
            )
            return list(check_zalo_oa(Patient(settings, None, Speaker("en"), clock, http)))

        yield examine


def said(findings: list[Finding], words: str) -> Finding:
    (found,) = [each for each in findings if words in each.text]
    return found


def renewed(session: Session, clock: Clock) -> None:
    plant(session, APP_ID, FIRST_REFRESH)
    begin_refresh(session, APP_ID, clock())
    until = clock() + timedelta(hours=25)
    store_tokens(session, APP_ID, FIRST_REFRESH, "access-1", "refresh-1", clock(), until)


def test_without_an_account_one_line_says_so(examine: Examine) -> None:
    (only,) = examine(app_id="", app_secret="", refresh_token="")
    assert only.kind == "good"
    assert "No Zalo Official Account" in only.text


def test_secrets_without_an_app_are_named(examine: Examine) -> None:
    (only,) = examine(app_id="")
    assert only.kind == "mind"
    assert "zalo_oa.app_id is empty" in only.text


def test_before_the_first_start_it_says_what_gets_the_token(examine: Examine) -> None:
    findings = examine()
    assert said(findings, "no access token yet").kind == "mind"
    assert said(findings, "https://dg.example.vn/hooks/zalo-oa").kind == "good"


async def test_working_tokens_are_told_with_their_end_in_local_time(
    examine: Examine, database: Database, clock: Clock
) -> None:
    await database.run(lambda session: renewed(session, clock))
    assert said(examine(), "works until 2026-11-17 10:00").kind == "good"
    clock.move(hours=30)
    assert said(examine(), "has expired").kind == "mind"


async def test_a_lost_refresh_token_is_bad_and_told_with_the_cure_and_the_hours_left(
    examine: Examine, database: Database, clock: Clock
) -> None:
    def lost(session: Session) -> None:
        renewed(session, clock)
        begin_refresh(session, APP_ID, clock())
        note_refusal(session, APP_ID, "refresh-1", clock())

    await database.run(lost)
    finding = said(examine(), "messages go out until 2026-11-17 10:00")
    assert finding.kind == "bad"
    assert "API Explorer" in finding.remedy
    new = examine(refresh_token="a-new-one-from-the-explorer")
    assert said(new, "has not been used yet").kind == "mind"
    assert [each for each in new if each.kind == "bad"] == []
    clock.move(hours=26)
    assert said(examine(), "nothing can be sent").kind == "bad"


async def test_a_government_account_and_a_window_that_costs_are_named(
    examine: Examine, database: Database, clock: Clock
) -> None:
    def government(session: Session) -> None:
        renewed(session, clock)
        keep_to_v2(session, APP_ID)

    await database.run(government)
    assert said(examine(), "older interface").kind == "good"
    assert [each for each in examine() if "billed" in each.text] == []
    assert said(examine(window_hours=168), "billed").kind == "mind"
