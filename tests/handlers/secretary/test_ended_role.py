"""Whose role the roster ends is sent nothing more, and is told so kindly when they come back."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from handlers.catalogue import ensure_catalogue
from handlers.jobs.remind_pledge import remind_pledge
from handlers.jobs.send_digest import send_digests
from tests.handlers.digest.branch import MONDAY, W47, Branch
from tests.handlers.rosters import as_csv, good, load
from tests.officials import inbox, invited, invites, joined, linked_as
from tests.people import Place

HEAD = good()["people"][0]


@pytest.fixture
def branch(staffed: Place) -> Branch:
    branch = Branch(staffed.database, staffed.clock, staffed.policy)  # type: ignore[arg-type]
    staffed.database.run_now(ensure_catalogue)
    branch.pledged_all_week("C1", "P1", W47)
    branch.rated("C1", W47.first, 5, 5, 4, 4, 2, comments=["Cháu Lan tận tình"])
    return branch


def end(place: Place, folder: Path, code: str, name: str, unit: str, *roles: str) -> None:
    rows = [[code, name, unit, f"-{role}", "", ""] for role in roles]
    load(place.database, as_csv(folder / code, {"people": [HEAD, *rows]}))


def digests(branch: Branch, day: date, hour: int) -> dict[str, int]:
    now = branch.at(day, hour)
    return branch.database.run_now(lambda session: send_digests(session, now, branch.policy))


async def test_digest_and_comments_stop_at_once_and_what_was_queued_is_dropped(
    staffed: Place, branch: Branch, tmp_path: Path
) -> None:
    branch.at(W47.first, 9)
    bay = await joined(staffed, "chat-S2", "C2", "secretary", "S2")
    sau = await joined(staffed, "chat-S1", "C1", "secretary", "S1")
    digests(branch, MONDAY, 9)
    assert {address for address, _ in branch.digests()} == {"chat-S1", "chat-S2"}
    await sau.sends("/bantin")
    old = [choice.action for answer in sau.seen for choice in answer.choices()]

    end(staffed, tmp_path, "S1", "Phạm Văn Sáu", "C1", "secretary")

    assert await inbox(sau) == ""
    assert await inbox(bay) != ""
    branch.rated("C1", MONDAY, 5, 5, 4, 4, 2, comments=["Tuần sau"])
    digests(branch, MONDAY + timedelta(days=7), 9)
    assert {address for address, _ in branch.digests()} == {"chat-S2"}
    for action in old:
        assert (await sau.does(action=action)).refused
    assert "Cháu Lan" not in await sau.sends("/bantin")
    said = await sau.sends("/start")
    assert "Đoàn viên · Chi đoàn Sở Nội vụ" in said  # is a member still
    assert "Bí thư" not in said
    assert "Bí thư · Chi đoàn Sở Tư pháp" in await bay.sends("/start")


async def test_who_has_no_role_left_is_not_reminded_and_is_told_kindly(
    staffed: Place, branch: Branch, tmp_path: Path
) -> None:
    branch.at(W47.first, 7)
    lan = await joined(staffed, "chat-P1", "C1", "member", "P1")
    minh = await joined(staffed, "chat-P2", "C1", "member", "P2")

    end(staffed, tmp_path, "P1", "Nguyễn Thị Lan", "C1", "member")

    now = branch.at(MONDAY, 8)
    staffed.database.run_now(lambda session: remind_pledge(session, now, staffed.policy))
    assert await inbox(lan) == ""
    assert "Minh" in await inbox(minh)
    assert "không còn tên bạn" in await lan.sends("/start")
    assert lan.buttons() == ["Đánh giá một quầy", "Rời chương trình"]
    assert (await lan.does(action="pledge")).refused


async def test_an_open_invitation_of_the_ended_role_leads_nowhere(
    staffed: Place, branch: Branch, tmp_path: Path
) -> None:
    branch.at(W47.first, 7)
    token = await invited(staffed, "C1", "member", "P1")
    kept = await invited(staffed, "C1", "member", "P2")
    end(staffed, tmp_path, "P1", "Nguyễn Thị Lan", "C1", "member")
    assert sorted(each.revoked for each in await invites(staffed)) == [False, True]
    await staffed.person("lan").opens(f"join-yes/{token}")
    assert await linked_as(staffed, "lan") is None
    await staffed.person("minh").opens(f"join-yes/{kept}")
    assert await linked_as(staffed, "minh") == "P2"
