"""The conformance suite over Zalo's Bot Platform: real HTTP, a strict server."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from bot.channels.base import Broken, Gone, Throttled, TryAgain
from bot.channels.zalo_bot import HOOK, SECRET_HEADER, ZaloBotChannel
from bot.config import ZaloBotSettings
from handlers.messages import (
    Choice,
    Choices,
    Document,
    Incoming,
    Picture,
    Reply,
    Text,
    reply,
)
from tests.bot.channels.conformance import (
    EVERYTHING,
    ChannelConformance,
    Failure,
    Json,
    Payload,
    Request,
    Sending,
)
from tests.fakes.zalo_bot import TOKEN, FakeZaloBot, Fault

TED = "6ede9afa66b88fe6d6a9"
NAME = "2d758cb5e222177a4e35"
SECRET = "a-secret-for-zalo"
ADDRESS = "https://danhgia.example.vn/tep/signed/"


def update(event: str = "text", *, person: Json | None = None, **content: Any) -> Json:
    message = {
        "from": {"id": TED, "display_name": "Ted", "is_bot": False} | (person or {}),
        "chat": {"id": TED, "chat_type": "PRIVATE"},
        "message_id": NAME,
        "date": 1750316131602,
        **content,
    }
    return {"event_name": f"message.{event}.received", "message": message}


def envelope(found: object) -> Json:
    return {"ok": True, "result": found}


def means(**what: Any) -> Incoming:
    return Incoming("zalo_bot", TED, TED, NAME, **what)


GROUP = {"id": "g1", "chat_type": "GROUP"}
PAYLOADS = [
    Payload("a text in the envelope", envelope(update(text="Xin chào")), means(text="Xin chào")),
    Payload("a text, bare", update(text="Xin chào"), means(text="Xin chào")),
    Payload("a list of one", envelope([update(text="5")]), means(text="5")),  # type: ignore[arg-type]
    Payload("an envelope with a code", envelope(update(text="5")) | {"error_code": 0}, means(text="5")),
    Payload("an id that is a number", update(text="5", message_id=17, person={"id": 6}),
            Incoming("zalo_bot", TED, "6", "17", text="5")),
    Payload("a picture as documented", update("image", photo="https://p/1.jpg"), means(other="photo")),
    Payload("a picture as clients know it", update("image", photo_url="https://p/1.jpg"),
            means(other="photo")),
    Payload("a picture with words", update("image", photo="https://p/1", caption="5", text="5"),
            means(other="photo")),
    Payload("a sticker", update("sticker", sticker="s", url="https://p"), means(other="sticker")),
    Payload("a voice message", update("voice", voice_url="https://p/1.amr"), means(other="voice")),
    Payload("something without content", update("unsupported"), means(other="unknown")),
    Payload("a text without text", update(), means(other="unknown")),
    Payload("blanks", update(text=" \n"), means(other="unknown")),
    Payload("nothing said of robots", update(text="hi", person={"is_bot": None}), means(text="hi")),
    Payload("a bot's message", update(text="hi", person={"is_bot": True}), None),
    Payload("talk in a group", update(text="hi", chat=GROUP), None),
    Payload("an event of a later release", update("video", video="https://p"), None),
    Payload("an event that is none", {"event_name": ["x"], "message": {}}, None),
    Payload("a message without a sender", {"event_name": "message.text.received",
            "message": {"text": "hi"}}, None),
    Payload("an update without a message", {"event_name": "message.text.received"}, None),
    Payload("a failed envelope", {"ok": False, "error_code": 408}, None),
    Payload("nothing", {}, None),
]  # fmt: skip


def text_call(text: str) -> Request:
    return Request("sendMessage", {"chat_id": TED, "text": text})


def photo_call(caption: str) -> Request:
    photo = f"{ADDRESS}digest_chart.png"
    return Request("sendPhoto", {"chat_id": TED, "photo": photo, "caption": caption})


CHART = Picture(recipe="digest_chart", data={}, alt="Biểu đồ tuần 47.")
TABLE = Document(recipe="digest_workbook", data={}, name="tuần 47.xlsx")
MENU = Choices(choices=(Choice(label="Xem thêm", action="more"),))
SENDINGS = [
    Sending("a text", reply(Text(text="Xin chào")), [text_call("Xin chào\n\n0. Menu")]),
    Sending("what could replace a message", reply(Text(text="A")), [text_call("A\n\n0. Menu")], "7"),
    Sending(
        "a picture, then its words in one message",
        reply(Text(text="Tuần 47"), CHART, MENU),
        [photo_call("Biểu đồ tuần 47."), text_call("Tuần 47\n\n1. Xem thêm\n\n0. Menu")],
    ),
    Sending("a picture alone", reply(CHART), [photo_call("Biểu đồ tuần 47.\n\n0. Menu")]),
    Sending(
        "a file to keep",
        reply(Text(text="Đây ạ:"), TABLE),
        [text_call(f"Đây ạ:\n\n📎 tuần 47.xlsx\n{ADDRESS}tuần 47.xlsx\n\n0. Menu")],
    ),
]  # fmt: skip

QUOTING = 'Bad Request: wrong thing "confidential words"'
FAILURES = [
    Failure("the token", Fault.refusal(401, "Unauthorized"), TryAgain),
    Failure("403 of a moment", Fault.refusal(403, "Internal server error"), TryAgain),
    Failure("no such method", Fault.refusal(404, "Not Found"), Broken),
    Failure("408", Fault.refusal(408, "Request timeout"), TryAgain),
    Failure("the plan is used up", Fault.refusal(429, "Quota exceeded"), Throttled),
    Failure("the plan, with HTTP 200", Fault.refusal(429, "Quota exceeded", status=200), Throttled),
    Failure("500", Fault.refusal(500, "Internal server error"), TryAgain),
    Failure("a refusal", Fault.refusal(400, QUOTING), Broken),
    Failure("a refusal with HTTP 200", Fault.refusal(400, QUOTING, status=200), Broken),
    Failure("no such chat", Fault.refusal(400, "Bad Request: chat not found"), Gone),
    Failure("no such person", Fault.refusal(400, "The user does not exist", status=200), Gone),
    Failure("blocked", Fault.refusal(403, "The bot was blocked by the user"), Gone),
    Failure("a refusal without a code", Fault(200, b'{"ok": false}'), TryAgain),
    Failure("a code that is none", Fault(200, b'{"ok": false, "error_code": "x"}'), TryAgain),
    Failure("a page of a proxy", Fault.page(502), TryAgain),
    Failure("a page with HTTP 200", Fault.page(200), TryAgain),
    Failure("nothing", Fault.nothing(), TryAgain),
    Failure("JSON that is no answer", Fault(200, b"[]"), TryAgain),
    Failure("yes with an error's status", Fault(500, b'{"ok": true, "result": {}}'), TryAgain),
    Failure("a dropped answer", Fault.dropped(), TryAgain),
    Failure("a cut connection", Fault.dropped(executed=False), TryAgain),
]


class OverZalo:
    """The channel in webhook mode; Ted has written before."""

    def __init__(self, server: FakeZaloBot) -> None:
        self.server, self.person = server, server.person(TED)
        self.incoming: list[Incoming] = []
        settings = ZaloBotSettings(
            token=SecretStr(TOKEN),
            api_base=server.api_base,
            mode="webhook",
            webhook_secret=SecretStr(SECRET),
        )
        self.channel = ZaloBotChannel(
            settings, "https://danhgia.example.vn", self._handle, address=self._address
        )

    async def _handle(self, incoming: Incoming, can: object) -> None:
        self.incoming.append(incoming)

    async def _address(self, part: Picture | Document) -> str:
        return f"{ADDRESS}{part.name if part.kind == 'document' else f'{part.recipe}.png'}"

    async def read(self, raw: Json) -> Incoming | None:
        status = await self.channel.hooks[HOOK]({SECRET_HEADER: SECRET}, json.dumps(raw).encode())
        assert status == 200
        return self.incoming[0] if self.incoming else None

    async def send(self, answer: Reply, edit: str | None = None) -> Sequence[Request]:
        before = len(self.server.all_calls)
        await self.channel.send(TED, answer, edit)
        calls = self.server.all_calls[before:]
        assert self.channel.calls == len(self.person.messages) == len(calls)
        return [Request(each.method, each.body) for each in calls]

    async def fail(self, fault: Fault, answer: Reply) -> None:
        self.server.fault("sendMessage", fault)
        try:
            await self.channel.send(TED, answer, None)
        finally:
            assert self.channel.calls == 0

    def seen(self) -> str:
        return "\n".join(self.person.texts())


class TestZaloBot(ChannelConformance):
    PAYLOADS: ClassVar = PAYLOADS
    SENDINGS: ClassVar = SENDINGS
    FAILURES: ClassVar = FAILURES

    @pytest.fixture
    def zalo(self) -> Iterator[FakeZaloBot]:
        with FakeZaloBot() as fake:
            fake.methods.fetches = False
            yield fake

    @pytest.fixture
    async def channel(self, zalo: FakeZaloBot) -> AsyncIterator[OverZalo]:
        over = OverZalo(zalo)
        yield over
        await over.channel.close()
        assert zalo.refusals == []

    async def test_everything_there_is_fits_into_one_message(self, channel: OverZalo) -> None:
        assert len(await channel.send(EVERYTHING)) == 1
