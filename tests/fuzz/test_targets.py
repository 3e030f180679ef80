"""Every entry takes whatever comes: no failure, no secret told, nothing stored of what is refused."""

from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.everything import often
from tests.fuzz.targets import ALL

_FOUND = Path(__file__).parent / "found"
_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]


def _cases() -> list[tuple[str, bytes]]:
    return [(file.parent.name, file.read_bytes()) for file in sorted(_FOUND.glob("*/*"))]


@pytest.mark.parametrize("name", ALL)
def test_an_entry_takes_whatever_comes(name: str) -> None:
    target = import_module(f"tests.fuzz.targets.{name}")

    @settings(max_examples=often(15, 1500), deadline=None, suppress_health_check=_CHECKS)
    @given(st.binary(max_size=300))
    @example(b"")
    def check(data: bytes) -> None:
        target.run(data)

    check()


@pytest.mark.parametrize("name", ALL)
def test_an_entry_takes_what_the_fuzzer_begins_with(name: str) -> None:
    target = import_module(f"tests.fuzz.targets.{name}")
    for seed in target.SEEDS[: often(6, None)]:
        target.run(seed)


def test_every_target_is_listed() -> None:
    files = {file.stem for file in (Path(__file__).parent / "targets").glob("[a-z]*.py")}
    assert files == set(ALL)
