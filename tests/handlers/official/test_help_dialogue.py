"""Help for officials names what they may type, by role; a citizen's help names none of it."""

import pytest

from handlers.official.help import TYPED
from handlers.typed_input import COMMANDS
from tests.officials import joined
from tests.people import Place, Talker


def listed(said: str) -> set[str]:
    """The commands a help names."""
    return {line.split(":")[0] for line in said.splitlines() if line.startswith("/")}


EVERYBODY = {"/kenh", "/danhgia", "/roi"}
MEMBERS = {"/camket", "/baocao", "/cuatoi", "/catruc", "/diemcuatoi", "/nhac"}
SECRETARIES = {"/ngaytruc", "/caidat", "/bantin", "/baocaoky", "/doanvien", "/quay"}
ORGANISERS = {"/donvi"}


@pytest.mark.parametrize(
    ("unit", "role", "person", "commands"),
    [
        ("C1", "member", "P1", EVERYBODY | MEMBERS),
        ("C2", "secretary", "S2", EVERYBODY | SECRETARIES),
        ("C1", "secretary", "S1", EVERYBODY | MEMBERS | SECRETARIES),
        ("TD", "secretary", "S3", EVERYBODY | SECRETARIES | ORGANISERS),
    ],
)
async def test_help_lists_what_this_official_may_type_and_no_more(
    staffed: Place, unit: str, role: str, person: str, commands: set[str]
) -> None:
    talker = await joined(staffed, "somebody", unit, role, person)
    said = await talker.sends("/trogiup")
    assert listed(said) == commands
    assert "Ông/Bà" not in said


async def test_an_unknown_command_shows_an_official_theirs(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    assert "/camket: Chọn việc hôm nay" in await lan.sends("/khongcolenhnay")
    assert "Chọn việc hôm nay" in lan.buttons()


async def test_help_in_english_names_the_english_commands(staffed: Place) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    await lan.opens("language/en")
    assert "/pledge: Choose for today" in await lan.sends("/help")


async def test_a_citizens_help_names_no_command_of_officials(staffed: Place) -> None:
    an: Talker = staffed.person("an")
    said = await an.sends("/trogiup")
    assert "Cách đánh giá" in said
    assert listed(said) == set()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_command_named_does_what_its_button_does(language: str) -> None:
    for each in TYPED:
        assert COMMANDS[each.typed[language]].build() == each.action
