"""What every channel must pass. Inherit ChannelConformance, give the tables and a harness."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import pytest

from bot.channels.base import SendError
from handlers.messages import (
    Choice,
    Choices,
    Code,
    Field,
    Incoming,
    Note,
    Reply,
    Text,
    Title,
    reply,
)

Json = dict[str, Any]


@dataclass(frozen=True)
class Payload:
    """What the messenger posts, and the Incoming it means (None: it asks for nothing)."""

    title: str
    raw: Json
    means: Incoming | None


@dataclass(frozen=True)
class Request:
    """One call of the messenger's API."""

    method: str
    params: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Sending:
    """A reply (in place of message `edit`), and exactly the calls it makes."""

    title: str
    answer: Reply
    calls: Sequence[Request]
    edit: str | None = None


@dataclass(frozen=True)
class Failure:
    """What the messenger answers instead, and the send error that it means."""

    title: str
    fault: Any
    error: type[SendError]


class Harness(Protocol):
    """How a channel is driven in these tests."""

    async def read(self, raw: Json) -> Incoming | None:
        """What the channel makes of a payload."""
        ...

    async def send(self, answer: Reply, edit: str | None = None) -> Sequence[Request]:
        """Send to one person; the calls that were made."""
        ...

    async def fail(self, fault: Any, answer: Reply) -> None:
        """Send while the messenger answers so."""
        ...

    def seen(self) -> str:
        """Everything the person has been shown, oldest first, button labels included."""
        ...


EVERYTHING = reply(
    Title(text="Kính chào Ông/Bà"),
    Text(text="Quầy 1 – Hộ tịch"),
    Text(text="Ông/Bà hài lòng ở mức nào?", tone="strong"),
    Text(text="Rất tiếc vì Ông/Bà chưa hài lòng.", tone="alert"),
    Code(label="Mã đánh giá", text="123 456 7890"),
    Choices(
        label="Mức",
        choices=(
            Choice(label="Rất hài lòng", action="rate/5", icon="😀", look="level", number=5),
            Choice(label="Rất không hài lòng", action="rate/1", look="level", number=1),
        ),
    ),
    Choices(
        columns=2,
        choices=(
            Choice(label="Đúng hẹn", action="why/1", pressed=True),
            Choice(label="Thái độ", action="why/2", pressed=False),
            Choice(label="Trang chủ", url="https://danhgia.example.vn/q/Q1"),
        ),
    ),
    Field(
        action="comment",
        label="Ông/Bà muốn góp ý thêm điều gì?",
        hint="Xin đừng ghi họ tên.",
        send="Gửi",
        error="Góp ý quá dài.",
    ),
    Note(text="Đánh giá không kèm tên.", more="Chúng tôi giữ: quầy, mức, ngày."),
)
WORDS = (
    "Kính chào Ông/Bà",
    "Quầy 1 – Hộ tịch",
    "Ông/Bà hài lòng ở mức nào?",
    "Rất tiếc vì Ông/Bà chưa hài lòng.",
    "Mã đánh giá",
    "123 456 7890",
    "Rất hài lòng",
    "Rất không hài lòng",
    "Đúng hẹn",
    "Thái độ",
    "Trang chủ",
    "Ông/Bà muốn góp ý thêm điều gì?",
    "Xin đừng ghi họ tên.",
    "Góp ý quá dài.",
    "Đánh giá không kèm tên.",
    "Chúng tôi giữ: quầy, mức, ngày.",
)
NASTY = "a<b>c</b> & d < e > f &amp; *g* _h_ [i](j) \\ ` ~ {k} 𝔘𝔫𝔦 😀 \ud800 </blockquote>"
NASTY_SHOWN = NASTY.replace("\ud800", "\ufffd")
LONG = " ".join(f"từ{n}😀" for n in range(3000))


class ChannelConformance:
    """The suite. Subclasses give the tables and a `channel` fixture that is a Harness."""

    PAYLOADS: ClassVar[Sequence[Payload]]
    SENDINGS: ClassVar[Sequence[Sending]]
    FAILURES: ClassVar[Sequence[Failure]]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        tables = {"payload": "PAYLOADS", "sending": "SENDINGS", "failure": "FAILURES"}
        for name, table in tables.items():
            if name in metafunc.fixturenames:
                rows = getattr(metafunc.cls, table)
                metafunc.parametrize(name, rows, ids=[row.title for row in rows])

    async def test_a_payload_means_what_the_person_did(
        self, channel: Harness, payload: Payload
    ) -> None:
        assert await channel.read(payload.raw) == payload.means

    async def test_a_reply_makes_exactly_these_calls(
        self, channel: Harness, sending: Sending
    ) -> None:
        assert list(await channel.send(sending.answer, sending.edit)) == list(sending.calls)

    async def test_a_failure_is_one_of_the_five_send_errors(
        self, channel: Harness, failure: Failure
    ) -> None:
        with pytest.raises(failure.error) as caught:
            await channel.fail(failure.fault, reply(Text(text="confidential words")))
        assert type(caught.value) is failure.error
        assert "confidential" not in str(caught.value)

    async def test_every_part_of_a_reply_is_shown(self, channel: Harness) -> None:
        await channel.send(EVERYTHING)
        seen = channel.seen()
        assert [word for word in WORDS if word not in seen] == []

    async def test_what_people_type_is_shown_as_typed(self, channel: Harness) -> None:
        answer = reply(
            Title(text=NASTY),
            Text(text=NASTY, tone="strong"),
            Code(label=NASTY, text=NASTY),
            Note(text=NASTY, more=NASTY),
            Choices(choices=(Choice(label="ok", action="ok"),)),
        )
        await channel.send(answer)
        assert channel.seen().count(NASTY_SHOWN) >= 6

    async def test_a_reply_too_long_for_one_message_arrives_whole_and_in_order(
        self, channel: Harness
    ) -> None:
        answer = reply(
            Title(text="first"),
            Text(text=LONG),
            Note(text="small print", more=LONG),
            Choices(choices=(Choice(label="last", action="last"),)),
        )
        await channel.send(answer)
        seen = channel.seen().split()
        assert seen.count("first") == 1
        assert [word for word in seen if word.startswith("từ")] == LONG.split() * 2
        assert seen.index("first") < seen.index("small") < seen.index("last")

    async def test_a_reply_of_buttons_alone_can_be_sent(self, channel: Harness) -> None:
        await channel.send(reply(Choices(choices=(Choice(label="only", action="only"),))))
        assert "only" in channel.seen()
