"""`python -m bot invite` as an operator meets it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from bot.cli import main
from storage.database import Database
from storage.keys import Keys
from storage.queries.joining import find_invite
from storage.queries.link import add_link
from storage.tables import Invite
from tests.conftest import SECRET, Clock
from tests.fakes.telegram import TOKEN, FakeTelegram

ROSTER = {
    "units": "code,name,kind,parent_code,pilot\nT,Tỉnh Đoàn,,,\nC1,Chi đoàn Một cửa,,T,yes\n"
    "C2,Chi đoàn Thuế,,T,\n",
    "people": "code,full_name,unit_code,role,position,email\n"
    "P1,Nguyễn Văn An,C1,member,,\nP2,Trần Thị Bình,C1,secretary,,\n"
    "P3,Lê Văn Cường,C1,member,,\nP2,Trần Thị Bình,C1,member,,\n",
    "desks": "code,name,unit_code,multi_agency\nQ1,Quầy 1,C1,\n",
    "duties": "desk_code,person_code,from,to\nQ1,P1,2026-11-01,\n",
}
URL = "https://danhgia.example.vn"
Out = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _an_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    """A folder with a configuration and its roster imported."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_OPERATOR__LANGUAGE", "en")
    Path("config.toml").write_text(
        f'[privacy]\nsecret = "{SECRET}"\n[web]\npublic_url = "{URL}"\n', encoding="utf-8"
    )
    for name, text in ROSTER.items():
        Path(f"{name}.csv").write_text(text, encoding="utf-8")
    assert main(["import", *(f"{name}.csv" for name in ROSTER)]) == 0
    capsys.readouterr()


@pytest.fixture
def store() -> Iterator[Database]:
    opened = Database("sqlite:///var/bot.sqlite", Keys(SECRET))
    yield opened
    opened.close()


def made(capsys: Out, *arguments: str) -> tuple[list[str], str]:
    """The links on standard output, and what was said on standard error."""
    assert main(["invite", *arguments]) == 0
    said = capsys.readouterr()
    return said.out.splitlines(), said.err


def invite_of(store: Database, link: str) -> Invite:
    assert link.startswith(f"{URL}/i/")
    found = store.run_now(lambda session: find_invite(session, link.removeprefix(f"{URL}/i/")))
    assert found is not None
    return found


def test_one_link_a_line_and_everything_else_aside(capsys: Out, store: Database) -> None:
    links, said = made(capsys, "--unit", "C1", "--role", "secretary", "--person", "P2")
    (link,) = links
    found = invite_of(store, link)
    assert (found.kind, found.role, found.person_id, found.invited_by) == (
        "single",
        "secretary",
        2,
        None,
    )
    assert "For Trần Thị Bình (P2)." in said
    assert "Valid until" in said
    token = link.rpartition("/")[2]
    assert 22 <= len(token) <= 40
    raw = "\n".join(sqlite3.connect("var/bot.sqlite").iterdump())
    assert token not in raw


def test_without_a_person_it_is_for_whoever_of_the_unit_picks_their_name(
    capsys: Out, store: Database
) -> None:
    links, said = made(capsys, "--unit", "C1", "--role", "member")
    assert invite_of(store, links[0]).person_id is None
    assert "For one person of Chi đoàn Một cửa, who picks their name." in said


def test_for_everybody_it_makes_a_link_each_but_for_those_who_are_in(
    capsys: Out, store: Database, clock: Clock
) -> None:
    store.run_now(
        lambda session: add_link(
            session, 1, "telegram", "1", language="vi", notice="x", since=clock().date()
        )
    )
    links, said = made(capsys, "--unit", "C1", "--role", "member", "--all")
    assert [invite_of(store, link).person_id for link in links] == [2, 3]  # by given name
    assert "For Lê Văn Cường (P3)." in said


def test_slips_are_printed_with_every_name_and_link(capsys: Out) -> None:
    links, said = made(capsys, "--unit", "C1", "--role", "member", "--all", "--slips", "slips.pdf")
    assert "3 slips written to slips.pdf." in said
    page = "".join(each.extract_text() for each in PdfReader("slips.pdf").pages)
    for name in ("Nguyễn Văn An", "Trần Thị Bình", "Lê Văn Cường"):
        assert name in page
    for link in links:
        assert link in page.replace("\u200b", "").replace("\n", "")


def test_a_chat_groups_link_is_one_and_replaces_the_one_before(
    capsys: Out, store: Database
) -> None:
    first, _ = made(capsys, "--unit", "C1", "--group")
    second, said = made(capsys, "--unit", "C1", "--group")
    assert "For the chat group of Chi đoàn Một cửa." in said
    assert invite_of(store, first[0]).revoked
    assert invite_of(store, second[0]).kind == "group"
    assert not invite_of(store, second[0]).revoked


@pytest.mark.parametrize("form", ["link", "token", "telegram"])
def test_an_invitation_is_withdrawn_by_its_link(form: str, capsys: Out, store: Database) -> None:
    (link,), _ = made(capsys, "--unit", "C1", "--role", "member")
    token = link.rpartition("/")[2]
    named = {"link": link, "token": token, "telegram": f"https://t.me/xbot?start=i-{token}"}[form]
    _, said = made(capsys, "--revoke", named)
    assert "Withdrawn: the link leads nowhere from now on." in said
    assert invite_of(store, link).revoked
    _, said = made(capsys, "--revoke", named)
    assert "It was withdrawn before." in said


def test_with_telegram_the_deep_link_is_said_too(
    capsys: Out, server: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TELEGRAM__TOKEN", server.token)
    monkeypatch.setenv("BOT_TELEGRAM__API_BASE", server.api_base)
    (link,), said = made(capsys, "--unit", "C1", "--role", "member")
    token = link.rpartition("/")[2]
    assert f"https://t.me/gop_y_bot?start=i-{token}" in said
    assert TOKEN not in said


def test_when_telegram_does_not_answer_it_says_how_the_link_looks(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TELEGRAM__TOKEN", "1:x")
    monkeypatch.setenv("BOT_TELEGRAM__API_BASE", "http://127.0.0.1:9/bot")
    links, said = made(capsys, "--unit", "C1", "--role", "member")
    assert len(links) == 1
    assert "https://t.me/<name of the bot>?start=i-" in said


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (["--unit", "C9", "--role", "member"], 1, "There is no unit C9."),
        (
            ["--unit", "C1", "--role", "secretary", "--person", "P1"],
            1,
            "P1 is no secretary of Chi đoàn Một cửa on the list. There are: P2 (Trần Thị Bình).",
        ),
        (["--unit", "C1", "--role", "member", "--person", "P9"], 1, "P9 is no member of"),
        (["--unit", "C2", "--role", "secretary"], 1, "The list has no secretary of Chi đoàn Thuế."),
        (["--role", "member"], 2, "--unit is missing."),
        (["--unit", "C1"], 2, "--role is missing."),
        (["--unit", "C1", "--role", "boss"], 2, "--role must be one of: member, secretary."),
        (["--unit", "C1", "--role", "member", "--all", "--person", "P1"], 2, "Choose one of"),
        (["--unit", "C1", "--role", "secretary", "--group"], 2, "lets in members only"),
        (["--unit", "C1", "--role", "member", "--slips", "no/where.pdf"], 1, "There is no folder"),
        (["--revoke", "x", "--unit", "C1"], 2, "--revoke goes with --config only."),
        (["--revoke", "AAAAAAAAAAAAAAAAAAAAAA"], 1, "There is no such invitation."),
        (["--revoke", "?"], 1, "There is no such invitation."),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_stored(
    typed: list[str], code: int, said: str, capsys: Out, store: Database
) -> None:
    assert main(["invite", *typed]) == code
    answer = capsys.readouterr()
    assert answer.out == ""
    assert said in answer.err
    rows = sqlite3.connect("var/bot.sqlite").execute("SELECT count(*) FROM invite").fetchone()
    assert rows == (0,)
