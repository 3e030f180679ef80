"""What looks the same for everybody at a desk is made once; a receipt code is never kept."""

from datetime import date

import pytest

from handlers import remembered as module
from handlers.messages import Choice, Choices, Code, Field, Note, Picture, Reply, Text, Title
from handlers.references import ByCode, Mine, RatingRef
from handlers.remembered import as_json, remembered
from handlers.texts import Speech, speaker


def test_parts_are_made_once_a_desk_and_language_and_never_kept_for_a_receipt_code() -> None:
    made: list[str] = []

    @remembered
    def part(say: Speech, of: RatingRef, level: int) -> Text:
        made.append(f"{say.language} {of} {level}")
        return Text(text=made[-1])

    vi, en = speaker("vi", "Ông/Bà"), speaker("en", "Ông/Bà")
    desk, other = Mine("Q1", date(2026, 11, 16), 1), Mine("Q2", date(2026, 11, 16), 1)
    for _ in range(2):
        for say, of, level in ((vi, desk, 5), (en, desk, 5), (vi, other, 5), (vi, desk, 1)):
            assert part(say, of, level).text == f"{say.language} {of} {level}"
    assert len(made) == 4
    for _ in range(2):
        part(vi, ByCode("1234567890"), 5)
    assert len(made) == 6


EVERY_KIND = (
    Title(text='Cảm ơn "bạn"'),
    Text(text="a, b\n</script>", tone="alert"),
    Note(text="ghi chú", see=Choice(label="Xem", action="see/1")),
    Code(label="Mã", text="123 456"),
    Choices(label="Chọn", choices=(Choice(label="1", action="a", number=3, pressed=True),)),
    Field(action="f", label="Góp ý", hint="", send="Gửi", most=10),
    Picture(recipe="r", data={"week": [1, 2.5, None, "Đà"]}, alt="tranh"),
)


@pytest.mark.parametrize("awaits", ["", 'comment/"Q1", 2\u2028é'])
@pytest.mark.parametrize("fresh", [True, False])
def test_what_was_written_before_is_written_as_the_whole_would_be(awaits: str, fresh: bool) -> None:
    @remembered
    def parts(say: Speech, of: RatingRef) -> tuple[Text, Choices]:
        return Text(text=f"{of}"), Choices(label="?", choices=(Choice(label="x", action="y"),))

    kept = parts(speaker("vi", "Ông/Bà"), Mine("Q1", date(2026, 11, 16), 1))
    for answer in (
        Reply(parts=(*EVERY_KIND, *kept), fresh=fresh, awaits=awaits, digits=not fresh),
        Reply(parts=kept),
        Reply(parts=()),
    ):
        assert as_json(answer) == answer.model_dump_json()
    assert set(Reply.model_fields) == {"kind", "parts", "fresh", "awaits", "digits"}


def test_a_changed_part_is_written_anew() -> None:
    @remembered
    def part(say: Speech, of: RatingRef) -> Text:
        return Text(text="before")

    kept = part(speaker("vi", "Ông/Bà"), Mine("Q1", date(2026, 11, 16), 1))
    changed = kept.model_copy(update={"text": "after"})
    assert "after" in as_json(Reply(parts=(changed,)))
    assert "before" in as_json(Reply(parts=(kept,)))


def test_what_is_kept_written_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_written", {})
    monkeypatch.setattr(module, "_MOST_WRITTEN", 3)

    @remembered
    def part(say: Speech, of: RatingRef, level: int) -> Text:
        return Text(text=str(level))

    say, of = speaker("vi", "Ông/Bà"), Mine("Q1", date(2026, 11, 16), 1)
    texts = [part(say, of, level) for level in range(5)]
    assert len(module._written) == 3
    assert [as_json(Reply(parts=(each,))) for each in texts] == [
        Reply(parts=(each,)).model_dump_json() for each in texts
    ]
