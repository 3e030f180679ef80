"""Two at the same moment, in two chats: what can happen once happens once."""

import asyncio
from collections.abc import Callable

from tests.handlers.audits import done, log_of, roles
from tests.officials import inbox, joined, person_id, unit_id
from tests.people import Place, Talker

TODAY = "2026-11-16"


async def of(place: Place, look: Callable[..., int], code: str) -> int:
    return await place.database.run(lambda session: look(session, code))


async def both(action: str, *talkers: Talker) -> None:
    await asyncio.gather(*(each.does(action=action) for each in talkers))


async def test_an_offer_accepted_in_two_chats_at_once_is_accepted_once(staffed: Place) -> None:
    sau = await joined(staffed, "sau", "C1", "secretary", "S1")
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    zalo = await joined(staffed, "0901", "C1", "member", "P1", channel="zalo")
    c1, person = await of(staffed, unit_id, "C1"), await of(staffed, person_id, "P1")
    await sau.opens(f"office/{c1}/to/{person}/yes")
    await inbox(zalo)
    await both(zalo.button("Nhận nhiệm vụ").action, lan, zalo)
    assert await done(staffed) == ["office.offer", "office.accept"]
    assert {"S1 member", f"P1 secretary since {TODAY}"} <= await roles(staffed, "C1")


async def test_a_member_taken_off_by_two_secretaries_at_once_is_taken_off_once(
    staffed: Place,
) -> None:
    sau = await joined(staffed, "sau", "C1", "secretary", "S1")
    tam = await joined(staffed, "tam", "C1", "secretary", "S3")
    ids = (await of(staffed, unit_id, "C1"), await of(staffed, person_id, "P1"))
    await both("member/{}/{}/remove/yes".format(*ids), sau, tam)
    assert await done(staffed) == ["member.remove"]


async def test_two_secretaries_cannot_both_leave_at_once(staffed: Place) -> None:
    """Each is the other's successor: one goes, the other stays."""
    sau = await joined(staffed, "sau", "C1", "secretary", "S1")
    tam = await joined(staffed, "tam", "C1", "secretary", "S3")
    c1 = await of(staffed, unit_id, "C1")
    await asyncio.gather(
        sau.does(action=f"member/{c1}/{await of(staffed, person_id, 'S1')}/remove/yes"),
        tam.does(action=f"member/{c1}/{await of(staffed, person_id, 'S3')}/remove/yes"),
    )
    left = {each for each in await roles(staffed, "C1") if "secretary" in each}
    assert len(left) == 1
    assert await done(staffed) == ["member.remove"]


async def test_new_members_added_at_once_get_codes_of_their_own(staffed: Place) -> None:
    sau = await joined(staffed, "sau", "C1", "secretary", "S1")
    tam = await joined(staffed, "tam", "C1", "secretary", "S3")
    c1 = await of(staffed, unit_id, "C1")
    await asyncio.gather(
        sau.does(action=f"members/{c1}/add/typed", text="Lê Văn Chín"),
        tam.does(action=f"members/{c1}/add/typed", text="Đinh Thị Mười"),
    )
    added = [details["person"] for action, _, details in await log_of(staffed) if "add" in action]
    assert sorted(added) == ["C1-1", "C1-2"]
