"""The link of a staff QR: read back, and no desk's token opens another."""

import pytest

from handlers.staff_link import is_staff_token, read_staff_payload, staff_token, staff_url
from storage.keys import Keys

KEYS = Keys("a secret for the tests, long enough to be one")


@pytest.mark.parametrize("desk", ["Q1", "MOT-CUA-2", "a_1"])
def test_the_link_is_read_back(desk: str) -> None:
    payload = staff_url("https://x.vn", KEYS, desk).removeprefix("https://x.vn/s/")
    read = read_staff_payload(payload)
    assert read == (desk.upper(), staff_token(KEYS, desk))
    assert is_staff_token(KEYS, *read)


def test_a_token_opens_one_desk_only() -> None:
    assert not is_staff_token(KEYS, "Q2", staff_token(KEYS, "Q1"))
    assert not is_staff_token(
        Keys("another secret that is long enough too"), "Q1", staff_token(KEYS, "Q1")
    )


def test_it_still_opens_after_the_secret_was_changed() -> None:
    renewed = Keys(
        "another secret that is long enough too", ("a secret for the tests, long enough to be one",)
    )
    assert is_staff_token(renewed, "q1", staff_token(KEYS, "Q1").upper())


@pytest.mark.parametrize(
    "payload", ["", "Q1", "Q1-", "-abcdefghij234567", "Q1-short", "Q1-" + "é" * 16]
)
def test_anything_else_is_no_link(payload: str) -> None:
    assert read_staff_payload(payload) is None
