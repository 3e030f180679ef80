"""Settings of the messengers as an office copies them: what cannot be meant is named at once."""

from pathlib import Path

import pytest

from bot.config import ConfigMistakes, load


def mistakes(folder: Path, section: str, line: str) -> list[str]:
    file = folder / "config.toml"
    file.write_text(
        f'[operator]\nlanguage = "en"\n[privacy]\nsecret = "{"s" * 40}"\n'
        f'[web]\npublic_url = "https://danhgia.example.vn"\n[{section}]\n{line}\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigMistakes) as caught:
        load(file)
    return [each.removeprefix(f"{file}:") for each in caught.value.lines]


@pytest.mark.parametrize("key", ["app_id", "app_secret", "oa_secret", "refresh_token"])
@pytest.mark.parametrize(
    ("value", "why"),
    [("…", "contains letters with accents or “…”"), ("12 3", "contains a blank or a line break")],
)
def test_what_is_left_of_the_guide_or_copied_badly_is_no_secret(
    tmp_path: Path, key: str, value: str, why: str
) -> None:
    (mistake,) = mistakes(tmp_path, "zalo_oa", f'{key} = "{value}"')
    assert mistake == f"8: zalo_oa.{key}: {why}; copy it again"


@pytest.mark.parametrize("value", ["3.000", '"3.000"'])
def test_three_thousand_as_vietnamese_write_it_is_not_three(tmp_path: Path, value: str) -> None:
    (mistake,) = mistakes(tmp_path, "zalo_bot", f"monthly_messages = {value}")
    assert mistake.endswith("must be a whole number without a point, such as 3000")


def test_a_yes_that_is_none_is_named_in_plain_words(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, "zalo_bot", 'for_citizens = "co"')
    assert mistake.endswith("must be true or false, without quotation marks")


def test_the_address_of_the_guide_is_not_printed_on_posters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_WEB__ZALO_URL", "https://zalo.me/…")
    (mistake,) = mistakes(tmp_path, "zalo_bot", 'mode = "polling"')
    assert mistake.startswith("BOT_WEB__ZALO_URL: must be an address")
