"""What looks the same for everybody at a desk is made once; a receipt code is never kept."""

from datetime import date

from handlers.references import ByCode, Mine, RatingRef
from handlers.remembered import remembered
from handlers.texts import Speech, speaker


def test_parts_are_made_once_a_desk_and_language_and_never_kept_for_a_receipt_code() -> None:
    made: list[str] = []

    @remembered
    def part(say: Speech, of: RatingRef, level: int) -> str:
        made.append(f"{say.language} {of} {level}")
        return made[-1]

    vi, en = speaker("vi", "Ông/Bà"), speaker("en", "Ông/Bà")
    desk, other = Mine("Q1", date(2026, 11, 16), 1), Mine("Q2", date(2026, 11, 16), 1)
    for _ in range(2):
        for say, of, level in ((vi, desk, 5), (en, desk, 5), (vi, other, 5), (vi, desk, 1)):
            assert part(say, of, level) == f"{say.language} {of} {level}"
    assert len(made) == 4
    for _ in range(2):
        part(vi, ByCode("1234567890"), 5)
    assert len(made) == 6
