"""One member with two messengers: each question comes once, through a door that is open."""

import re
from collections.abc import Callable

import pytest

from bot.app import Program
from handlers.jobs.remind_pledge import REMIND_PLEDGE
from tests.bot.messengers import Messengers, Someone, everywhere
from tests.bot.running import FlakyDatabase
from tests.bot.test_zalo_dialogues import furnished, messengers, quiet
from tests.conftest import Clock
from tests.handlers.digest.branch import Branch
from tests.handlers.member.members import local

__all__ = ["furnished", "messengers"]
CODE = re.compile(r"\b0\d{2} \d{3} \d{4}\b")
MORNING = "Chào buổi sáng"
Trouble = Callable[[Messengers, Someone], None]


def _blocked(_: Messengers, phone: Someone) -> None:
    phone.user.block()


def _left(_: Messengers, phone: Someone) -> None:
    phone.user.unfollow()


def _window_shut(messengers: Messengers, _: Someone) -> None:
    messengers.oa.move(days=8)


def _used_up(messengers: Messengers, _: Someone) -> None:
    messengers.zalo.methods.quota = messengers.zalo.methods.sent


async def link(lan: Someone, phone: Someone) -> None:
    """By the code that one messenger shows and that is typed in the other."""
    lan.says("/kenh")
    await lan.sees("Kết nối thêm một kênh")
    lan.chooses("Kết nối thêm một kênh")
    code = CODE.search(await lan.sees("có hiệu lực 15 phút"))
    assert code is not None
    phone.says(code[0])
    await phone.sees("Kết nối kênh này")
    phone.chooses("Tôi là Nguyễn Thị Lan")
    await lan.sees("Vừa có thêm một kênh kết nối với tên bạn, qua Zalo")


async def morning(program: Program, clock: Clock, day: str) -> None:
    """The job's turn, three times over."""
    clock.now = local(day, "08:00")
    for _ in range(3):
        assert await program.jobs.run(REMIND_PLEDGE) is not None
    program.delivery.wake("")


def asked(*chats: Someone) -> list[int]:
    """How many morning questions each chat ever got."""
    return [sum(MORNING in each for each in chat.shown()) for chat in chats]


@pytest.mark.parametrize(
    ("way", "trouble"),
    [
        ("zalo_oa typed", _blocked),
        ("zalo_oa pressed", _left),
        ("zalo_oa typed", _window_shut),
        ("zalo_bot", _used_up),
    ],
)
async def test_what_one_messenger_may_not_bring_comes_through_the_other_once(
    messengers: Messengers, furnished: FlakyDatabase, clock: Clock, way: str, trouble: Trouble
) -> None:
    lan, phone = messengers.person("telegram", 1), messengers.person(way, 1)
    Branch(furnished, clock).link("P1", lan.address)
    async with everywhere(messengers, furnished, clock) as program:
        clock.now = local("2026-11-16", "07:00")
        await link(lan, phone)
        await quiet(program)
        await morning(program, clock, "2026-11-16")
        await phone.sees(MORNING)
        await quiet(program)
        assert asked(lan, phone) == [0, 1]

        trouble(messengers, phone)
        await morning(program, clock, "2026-11-17")
        await lan.sees(MORNING)
        await quiet(program)
        assert asked(lan, phone) == [1, 1]

        if (
            trouble is _used_up
        ):  # a plan is asked again after a while, which is not a test's to wait for
            return
        await morning(program, clock, "2026-11-18")
        await messengers.telegram.until(lambda: asked(lan, phone) == [2, 1])
        await quiet(program)
        assert asked(lan, phone) == [2, 1]
