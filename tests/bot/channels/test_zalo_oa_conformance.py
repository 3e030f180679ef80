"""The conformance suite over the Official Account (real HTTP, strict server)."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar

import pytest

from bot.channels.base import Broken, Gone, Shut, Throttled, TryAgain
from bot.channels.zalo_oa.incoming import Event, Unknown, read
from handlers.messages import Choice, Choices, Document, Incoming, Picture, Reply, Text, reply
from tests.bot.channels.conformance import (
    EVERYTHING,
    ChannelConformance,
    Failure,
    Json,
    Payload,
    Request,
    Sending,
)
from tests.bot.oa_running import OaBot
from tests.bot.running import FlakyDatabase
from tests.conftest import Clock
from tests.fakes.zalo_oa import APP_ID, FakeZaloOa, Fault

USER = "2512523625412515001"
MARK = "#3tn "


def event(name: str, **content: Any) -> Json:
    return {
        "app_id": APP_ID,
        "user_id_by_app": "552177279717587730",
        "event_name": name,
        "timestamp": "1750316131602",
        **content,
    }


def said(name: str, **message: Any) -> Json:
    people = {"sender": {"id": USER}, "recipient": {"id": "9876543210987654321"}}
    return event(name, **people, message={"msg_id": "in-1", **message})


def means(key: str = "in-1", **what: Any) -> Incoming:
    return Incoming("zalo_oa", USER, USER, f"{APP_ID}:{key}", **what)


def sent_file(kind: str) -> Payload:
    return Payload(
        f"sent: {kind}",
        said(f"user_send_{kind}", attachments=[{"type": kind, "payload": {"url": "https://a"}}]),
        means(other=kind),
    )


def follow(name: str) -> Json:
    return event(name, oa_id="9876543210987654321", follower={"id": USER}, source="qrcode")


LINK = "https://danhgia.example.vn/i/AAAAAAAAAAAAAAAAAAAAAA"
PAYLOADS = [
    Payload("a text", said("user_send_text", text="Xin chào"), means(text="Xin chào")),
    Payload("a typed number", said("user_send_text", text="5"), means(text="5")),
    Payload("a button", said("user_send_text", text=f"{MARK}rate/q1/5"), means(action="rate/q1/5")),
    Payload("a number as an id", said("user_send_text", text="x", msg_id=7), means("7", text="x")),
    *map(sent_file, ("image", "sticker", "gif", "audio", "video", "file", "location")),
    sent_file("business_card"),
    Payload("a text of blanks", said("user_send_text", text=" \n"), means(other="unknown")),
    Payload("a pasted link", said("user_send_link", text=LINK), means(text=LINK)),
    Payload(
        "a pasted link without text",
        said("user_send_link", attachments=[{"type": "link", "payload": {"url": LINK}}]),
        means(text=LINK),
    ),
    Payload(
        "a link of no known shape", said("user_send_link", attachments={}), means(other="link")
    ),
    Payload(
        "somebody follows",
        follow("follow"),
        means(f"follow:{USER}:1750316131602", action="start"),
    ),
    Payload("somebody follows no longer", follow("unfollow"), None),
    Payload("what the account sent itself", said("oa_send_text", text="x"), None),
    Payload("a picture that the account sent", said("oa_send_image"), None),
    Payload("a message was seen", event("user_seen_message", sender={"id": USER}), None),
    Payload("a message arrived", event("user_received_message", sender={"id": USER}), None),
    Payload("a kind of a later release", event("user_send_hologram", sender={"id": USER}), None),
]


def call(text: str, *buttons: tuple[str, str]) -> Request:
    message: Json = {"text": text}
    if buttons:
        listed = [
            {"title": title, "type": "oa.query.hide", "payload": f"{MARK}{action}"}
            for title, action in buttons
        ]
        message["attachment"] = {"type": "template", "payload": {"buttons": listed}}
    return Request("v3", {"recipient": {"user_id": USER}, "message": message})


HELLO = reply(Text(text="Xin chào"))
LEVELS = tuple(
    Choice(label=label, action=f"rate/{n}", look="level", number=n, icon="😀")
    for n, label in ((5, "Rất hài lòng"), (4, "Hài lòng"), (3, "Bình thường"))
)
OTHERS = Choices(
    label="Cách khác",
    choices=tuple(Choice(label=f"Cách {n}", action=f"other/{n}") for n in range(4)),
)
SENDINGS = [
    Sending("a text", HELLO, [call("Xin chào\n\n0. Menu")]),
    Sending("in place of a message: a new one", HELLO, [call("Xin chào\n\n0. Menu")], edit="7"),
    Sending(
        "everything there is",
        EVERYTHING,
        [
            call(
                "Kính chào Ông/Bà\n\nQuầy 1 – Hộ tịch\n\n"
                "Ông/Bà hài lòng ở mức nào?\n\n⚠️ Rất tiếc vì Ông/Bà chưa hài lòng.\n\n"
                "Mã đánh giá\n123 456 7890\n\n"
                "Trang chủ\nhttps://danhgia.example.vn/q/Q1\n\n"
                "⚠️ Góp ý quá dài.\nÔng/Bà muốn góp ý thêm điều gì?\nXin đừng ghi họ tên.\n\n"
                "Đánh giá không kèm tên.\nChúng tôi giữ: quầy, mức, ngày.\n\n0. Menu",
                ("5. Rất hài lòng", "rate/5"),
                ("1. Rất không hài lòng", "rate/1"),
                ("2. ✅ Đúng hẹn", "why/1"),
                ("3. Thái độ", "why/2"),
            )
        ],
    ),
    Sending(
        "a group that does not fit stands in the text, a later one that does is buttons",
        reply(
            Text(text="Mức?"),
            Choices(choices=LEVELS),
            OTHERS,
            Choices(choices=(Choice(label="Xong", action="done"),)),
        ),
        [
            call(
                "Mức?\n\nCách khác\n1. Cách 0\n2. Cách 1\n6. Cách 2\n7. Cách 3\n\n0. Menu",
                ("5. Rất hài lòng", "rate/5"),
                ("4. Hài lòng", "rate/4"),
                ("3. Bình thường", "rate/3"),
                ("8. Xong", "done"),
            )
        ],
    ),
    Sending(
        "a label too long for a button stands in the text",
        reply(Choices(choices=(Choice(label="dài " * 30, action="long"),))),
        [call(f"1. {('dài ' * 30).strip()}\n\n0. Menu")],
    ),
]
FAILURES = [
    Failure("too fast", Fault.error(-32), Throttled),
    Failure("the package", Fault.error(-224), Throttled),
    Failure("not following", Fault.error(-213), Gone),
    Failure("blocked", Fault.error(-244), Gone),
    Failure("the window is over", Fault.error(-230), Shut),
    Failure("the person never wrote", Fault.error(-232), Shut),
    Failure("a parameter is wrong", Fault.error(-201), Broken),
    Failure("too long", Fault.error(-210), Broken),
    Failure("a code nobody knows", Fault.error(-999), TryAgain),
    Failure("503", Fault.server_error(), TryAgain),
    Failure("a page instead of an answer", Fault.page(), TryAgain),
    Failure("a cut connection", Fault.refuse_connection(), TryAgain),
    Failure("a dropped answer", Fault.drop_answer(), TryAgain),
]


class OverZaloOa:
    """A channel whose calls go over HTTP to the strict server."""

    def __init__(self, bot: OaBot) -> None:
        self.bot, self.server = bot, bot.server
        self.person = bot.server.user(1)
        self.server.world.people[USER].heard = self.server.world.now()

    async def read(self, raw: Json) -> Incoming | None:
        try:
            found = read(Event.model_validate(raw))
        except Unknown:
            return None
        return found if isinstance(found, Incoming) else None

    async def send(self, answer: Reply, edit: str | None = None) -> Sequence[Request]:
        before = len(self.server.world.calls)
        await self.bot.channel.send(USER, answer, edit)
        made = self.server.world.calls[before:]
        return [Request(kind, body) for kind, body in made if kind != "token"]

    async def fail(self, fault: Fault, answer: Reply) -> None:
        self.server.fault("send", fault)
        await self.bot.channel.send(USER, answer, None)

    def seen(self) -> str:
        return "\n".join(
            "\n".join([each.text, *(button.title for button in each.buttons)])
            for each in self.person.messages
        )


class TestZaloOa(ChannelConformance):
    PAYLOADS: ClassVar = PAYLOADS
    SENDINGS: ClassVar = SENDINGS
    FAILURES: ClassVar = FAILURES

    @pytest.fixture
    async def channel(
        self, oa: FakeZaloOa, file_database: FlakyDatabase, clock: Clock
    ) -> AsyncIterator[OverZaloOa]:
        over = OverZaloOa(OaBot(oa, file_database, clock))
        yield over
        await over.bot.channel.close()
        assert oa.refusals == []

    async def test_a_picture_and_a_file_are_a_line_with_an_address(
        self, channel: OverZaloOa
    ) -> None:
        answer = reply(
            Text(text="Bản tin"),
            Picture(recipe="levels", data={}, alt="Mức hài lòng trong tuần"),
            Document(recipe="sheet", data={}, name="bao-cao.xlsx"),
        )
        (made,) = await channel.send(answer)
        lines = made.params["message"]["text"].split("\n")
        assert lines[:3] == ["Bản tin", "", "Mức hài lòng trong tuần"]
        assert lines[3].startswith("https://dg.example.vn/tep/")
        assert lines[5] == "📎 bao-cao.xlsx"
        assert lines[6].startswith("https://dg.example.vn/tep/")
        assert lines[6].endswith("/bao-cao.xlsx")

    async def test_what_is_left_of_a_long_reply_goes_on_where_it_stopped(
        self, channel: OverZaloOa
    ) -> None:
        words = " ".join(f"từ{n}" for n in range(900))
        answer = reply(
            Text(text=words), Choices(choices=(Choice(label="Xong", action="done"),)), OTHERS
        )
        whole = list(await channel.send(answer))
        assert len(whole) >= 3
        shown = channel.seen()
        channel.server.world.people[USER].inbox.clear()
        channel.server.fault("send", Fault.late(0))  # the first goes through, the second does not
        channel.server.fault("send", Fault.server_error())
        with pytest.raises(TryAgain) as caught:
            await channel.send(answer)
        assert caught.value.rest is not None
        assert json.loads(caught.value.rest.model_dump_json())
        await channel.send(caught.value.rest)
        assert channel.seen() == shown
