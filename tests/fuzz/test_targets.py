"""Every entry takes whatever comes: no failure, no secret told, nothing stored of what is refused."""

from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from handlers.messages import Incoming
from tests.everything import often
from tests.fuzz.given import ODD_TEXTS
from tests.fuzz.ground import ground, on
from tests.fuzz.targets import ALL

ON_POSTGRESQL = (
    "telegram_posts",
    "zalo_bot_posts",
    "zalo_oa_posts",
    "actions",
    "typed_text",
    "codes",
    "web_forms",
    "web_visits",
    "roster_stored",
)
_SLOW = {"backups", "broken_databases", "web_visits"}
_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.parametrize("name", ALL)
def test_an_entry_takes_whatever_comes(name: str) -> None:
    target = import_module(f"tests.fuzz.targets.{name}")

    @settings(
        max_examples=often(3 if name in _SLOW else 10, 1500),
        deadline=None,
        suppress_health_check=_CHECKS,
    )
    @given(st.binary(max_size=300))
    @example(b"")
    def check(data: bytes) -> None:
        target.run(data)

    check()


@pytest.mark.parametrize("name", ALL)
def test_an_entry_takes_what_the_fuzzer_begins_with(name: str) -> None:
    target = import_module(f"tests.fuzz.targets.{name}")
    for seed in target.SEEDS[: often(2 if name in _SLOW else 5, None)]:
        target.run(seed)


@pytest.mark.everything
@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_an_entry_takes_whatever_comes_on_postgresql_too(name: str, postgres_url: str) -> None:
    target = import_module(f"tests.fuzz.targets.{name}")

    @settings(max_examples=400, deadline=None, suppress_health_check=_CHECKS)
    @given(st.binary(max_size=300))
    def check(data: bytes) -> None:
        target.run(data)

    with on(postgres_url):
        for seed in target.SEEDS:
            target.run(seed)
        check()


def test_what_postgresql_cannot_store_is_taken_out(postgres_url: str) -> None:
    with on(postgres_url):
        here = ground()
        for number, typed in enumerate(ODD_TEXTS):
            for action in (None, "comment/QC11/261123/1", "search")[: often(1, 3)]:
                incoming = Incoming("zalo_bot", "c", "c", f"{number}{action}", action, typed)
                assert here.does(lambda each=incoming: here.hears(each)).reference is None  # type: ignore[misc]


def test_every_target_is_listed() -> None:
    files = {file.stem for file in (Path(__file__).parent / "targets").glob("[a-z]*.py")}
    assert files == set(ALL)
