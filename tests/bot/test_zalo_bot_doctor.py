"""What the doctor says of a Zalo bot."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bot.config import Settings
from bot.doctor.finding import Finding, Patient
from bot.doctor.zalo_bot import check_zalo_bot
from handlers.texts import Speaker
from storage.database import Database
from storage.queries.doors import count_messages
from tests.conftest import SECRET, Clock
from tests.fakes.zalo_bot import TOKEN, FakeZaloBot, Fault

PUBLIC = "https://danhgia.example.vn"
HOOK = f"{PUBLIC}/hooks/zalo-bot"


@pytest.fixture
def zalo() -> Iterator[FakeZaloBot]:
    with FakeZaloBot() as fake:
        yield fake


Examine = Callable[..., list[Finding]]


@pytest.fixture
def examine(zalo: FakeZaloBot, tmp_path: Path, clock: Clock) -> Examine:
    """What is found with these settings of [zalo_bot]."""

    def examine(
        public_url: str = PUBLIC, database_url: str = "", **zalo_bot: object
    ) -> list[Finding]:
        settings = Settings.model_validate(
            {
                "privacy": {"secret": SECRET},
                "web": {"public_url": public_url},
                "database": {"url": database_url or f"sqlite:///{tmp_path / 'none.sqlite'}"},
                "zalo_bot": {"token": TOKEN, "api_base": zalo.api_base, **zalo_bot},
            }
        )
        with httpx.Client() as http:
            return list(check_zalo_bot(Patient(settings, None, Speaker("en"), clock, http)))

    return examine


def kinds(findings: list[Finding]) -> dict[str, str]:
    for each in findings:
        assert bool(each.remedy) == (each.kind != "good"), str(each)
        assert TOKEN not in str(each)
    return {each.text: each.kind for each in findings}


def test_without_a_token_there_is_nothing_to_say(examine: Examine) -> None:
    assert list(kinds(examine(token="")).values()) == ["good"]


def test_a_bot_by_webhook_that_is_set_is_sound(zalo: FakeZaloBot, examine: Examine) -> None:
    zalo.updates.webhook = {"url": HOOK, "updated_at": 1}
    assert kinds(examine(mode="webhook", webhook_secret="long-enough")) == {
        "Zalo knows the bot as bot.gopy, plan BASIC.": "good",
        "Zalo delivers to this program's address.": "good",
    }
    assert zalo.refusals == []


@pytest.mark.parametrize("url", [None, "https://elsewhere.example.vn"])
def test_a_webhook_that_is_not_ours_is_named(
    zalo: FakeZaloBot, examine: Examine, url: str | None
) -> None:
    zalo.updates.webhook = None if url is None else {"url": url, "updated_at": 1}
    found = kinds(examine(mode="webhook", webhook_secret="long-enough"))
    assert found["Zalo does not deliver to this program's address yet."] == "mind"


def test_polling_is_worth_a_thought_and_a_webhook_in_its_way_another(
    zalo: FakeZaloBot, examine: Examine
) -> None:
    (weakness,) = (each for each in examine() if each.kind == "mind")
    assert "lost if the program is killed" in weakness.text
    zalo.updates.webhook = {"url": HOOK, "updated_at": 1}
    assert kinds(examine())["A webhook is set, though zalo_bot.mode is polling."] == "mind"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.refusal(401, "Unauthorized"), "Zalo refuses the bot's token."),
        (Fault.refusal(401, "Unauthorized", status=200), "Zalo refuses the bot's token."),
        (Fault.page(), "answers strangely (getMe answered strangely (502))"),
        (Fault.refusal(500, "secret"), "answers strangely (getMe refused (500))"),
        (Fault.dropped(), "cannot be reached (RemoteProtocolError)"),
    ],
)
def test_a_token_or_service_that_does_not_work_must_be_mended(
    zalo: FakeZaloBot, examine: Examine, fault: Fault, words: str
) -> None:
    zalo.fault("getMe", fault)
    bad = [text for text, kind in kinds(examine()).items() if kind == "bad"]
    assert len(bad) == 1
    assert words in bad[0]


@pytest.mark.parametrize(("sent", "kind"), [(0, "good"), (90, "mind"), (100, "bad")])
def test_the_messages_of_this_month_are_shown_beside_what_the_plan_allows(
    examine: Examine, database: Database, database_url: str, sent: int, kind: str
) -> None:
    database.run_now(lambda session: count_messages(session, "zalo_bot", "2026-10", 7))
    database.run_now(lambda session: count_messages(session, "zalo_bot", "2026-11", sent))
    found = kinds(examine(database_url=database_url, monthly_messages=100))
    line = f"The Zalo bot has sent {sent} of the 100 messages that its plan allows this month."
    assert found[line] == kind


def test_months_begin_where_the_office_is(
    examine: Examine, database: Database, database_url: str, clock: Clock
) -> None:
    database.run_now(lambda session: count_messages(session, "zalo_bot", "2026-12", 3))
    clock.now = datetime(2026, 11, 30, 18, tzinfo=UTC)
    found = kinds(examine(database_url=database_url))
    assert any(text.startswith("The Zalo bot has sent 3 of the 3000") for text in found)


def test_any_number_of_messages_needs_no_count(
    examine: Examine, database: Database, database_url: str
) -> None:
    assert not any(
        "has sent" in text for text in kinds(examine(database_url=database_url, monthly_messages=0))
    )


def test_an_address_zalo_cannot_fetch_pictures_from_is_named(clock: Clock) -> None:
    settings = Settings.model_validate(
        {"privacy": {"secret": SECRET}, "zalo_bot": {"token": TOKEN}}
    )

    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with httpx.Client(transport=httpx.MockTransport(nobody)) as http:
        findings = list(check_zalo_bot(Patient(settings, None, Speaker("vi"), clock, http)))
    assert [each.kind for each in findings][-1] == "mind"
    assert "Zalo không lấy được hình ảnh từ http://127.0.0.1:8080." in findings[-1].text
