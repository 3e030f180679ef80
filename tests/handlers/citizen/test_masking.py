"""Personal numbers in a comment are masked before it is stored; other numbers stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.citizen.masking import MASK, masked


@pytest.mark.parametrize(
    "number",
    ["0905123456", "0905 123 456", "0905.123.456", "+84 905 123 456", "84905123456", "(0236) 3822 501",
     "048123456789", "201234567", "０９０５１２３４５６", "0 9 0 5 1 2 3 4 5 6", "048-123-456-789", "sdt0905123456",
     "lan.nguyen@danang.gov.vn"],
)  # fmt: skip
def test_phone_identity_numbers_and_addresses_are_masked(number: str) -> None:
    text, hidden = masked(f"Gọi tôi {number} nhé")
    assert hidden == 1
    assert not any(c.isdigit() for c in text)
    assert MASK in text
    assert text.endswith("nhé")


@pytest.mark.parametrize(
    "text",
    [
        "Chờ 45 phút ở quầy 12",
        "Nộp ngày 16/11/2026 lúc 9:30",
        "Hẹn 16/11/2026 9:30",
        "Phí 1.500.000 đồng",
        "Luật 91/2025/QH15",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert masked(text) == (text, 0)


@given(st.text(alphabet="0123456789 .-aă", max_size=60))
def test_no_run_of_nine_digits_is_left(text: str) -> None:
    kept, _ = masked(text)
    longest = run = 0
    for c in kept:
        run = run + 1 if c.isdigit() else 0
        longest = max(longest, run)
    assert longest < 9
