"""The conformance suite over Telegram (real HTTP, strict server) and over numbered text."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.channels.base import Broken, Gone, Throttled, TryAgain
from bot.channels.numbered import plain_texts
from bot.channels.telegram import TelegramChannel
from bot.config import TelegramSettings
from handlers.messages import Choice, Choices, Incoming, Reply, Text, numbered, reply
from tests.bot.channels.conformance import (
    EVERYTHING,
    ChannelConformance,
    Failure,
    Json,
    Payload,
    Request,
    Sending,
)
from tests.bot.running import SHORT
from tests.fakes.telegram import TOKEN, FakeTelegram, Fault

BOT = {"id": 110201543, "is_bot": True, "first_name": "Góp ý", "username": "gop_y_bot"}
ANNA = {"id": 1001, "is_bot": False, "first_name": "Anna", "language_code": "vi"}
PRIVATE = {"id": 1001, "first_name": "Anna", "type": "private"}
GROUP = {"id": -100123, "title": "Nhóm", "type": "supergroup"}


def message(chat: Json = PRIVATE, person: Json = ANNA, **content: Any) -> Json:
    return {"message_id": 7, "date": 1, "chat": chat, "from": person, **content}


def update(**kind: Any) -> Json:
    return {"update_id": 42, **kind}


def said(text: str, chat: Json = PRIVATE, **more: Any) -> Json:
    return update(message=message(chat, text=text, **more))


def pressed(data: str, on: Json | None) -> Json:
    query: Json = {"id": "9", "from": ANNA, "chat_instance": "1", "data": data}
    return update(callback_query=query | ({"message": on} if on else {}))


def means(chat: str = "1001", language: str | None = "vi", **what: Any) -> Incoming:
    key = f"{BOT['id']}:42"
    return Incoming("telegram", chat, "1001", key, language=language, **what)


def file(kind: str, **more: Any) -> Json:
    return update(message=message(**{kind: {"file_id": "f", "file_unique_id": "u", **more}}))


STICKER = {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
MENTION = [{"type": "mention", "offset": 0, "length": 10}]
MEMBER = {"user": BOT, "status": "member"}
BLOCKED = {"user": BOT, "status": "kicked", "until_date": 0}

TELEGRAM_PAYLOADS = [
    Payload("a text", said("Xin chào"), means(text="Xin chào")),
    Payload("a command", said("/start"), means(text="/start")),
    Payload("a deep link", said("/start q-Q1"), means(text="/start q-Q1")),
    Payload("a deep link to us by name", said("/start@gop_y_bot q-Q1"), means(text="/start q-Q1")),
    Payload("a command by name, other case", said("/help@Gop_Y_Bot"), means(text="/help")),
    Payload("a command to another bot", said("/help@other_bot"), means(text="/help@other_bot")),
    Payload(
        "a client that speaks English",
        update(message=message(person=ANNA | {"language_code": "en-GB"}, text="hi")),
        means(text="hi", language="en-GB"),
    ),
    Payload(
        "a client that says nothing of its language",
        update(message=message(person={"id": 1001, "is_bot": False, "first_name": "A"}, text="x")),
        means(text="x", language=None),
    ),
    Payload("a sticker", file("sticker", **STICKER), means(other="sticker")),
    Payload("a voice message", file("voice", duration=3), means(other="voice")),
    Payload("a document", file("document"), means(other="document")),
    Payload(
        "an animation, which is a document too",
        update(
            message=message(
                animation={
                    "file_id": "f",
                    "file_unique_id": "u",
                    "width": 1,
                    "height": 1,
                    "duration": 1,
                },
                document={"file_id": "f", "file_unique_id": "u"},
            )
        ),
        means(other="animation"),
    ),
    Payload(
        "a photo with a caption",
        update(message=message(photo=PHOTO, caption="5")),
        means(other="photo"),
    ),
    Payload(
        "a location",
        update(message=message(location={"latitude": 21.0, "longitude": 105.8})),
        means(other="location"),
    ),
    Payload(
        "a contact",
        update(message=message(contact={"phone_number": "1", "first_name": "A"})),
        means(other="contact"),
    ),
    Payload(
        "something of a later release",
        update(message=message(hologram={"x": 1})),
        means(other="unknown"),
    ),
    Payload("a message pinned", update(message=message(pinned_message=message(text="x"))), None),
    Payload(
        "an edited message",
        update(edited_message=message(text="new", edit_date=2)),
        means(other="edited"),
    ),
    Payload(
        "a live location that moves",
        update(
            edited_message=message(location={"latitude": 21.0, "longitude": 105.8}, edit_date=2)
        ),
        None,
    ),
    Payload(
        "a button",
        pressed("rate/Q1/5", message(person=BOT, text="?")),
        means(action="rate/Q1/5", pressed="7"),
    ),
    Payload(
        "a button of a message too old",
        pressed("rate/Q1/5", {"chat": PRIVATE, "message_id": 7, "date": 0}),
        means(action="rate/Q1/5"),
    ),
    Payload("a button without a message", pressed("rate/Q1/5", None), means(action="rate/Q1/5")),
    Payload(
        "a button in a group",
        pressed("see/Q1", message(GROUP, BOT, text="?")),
        means("-100123", other="group", pressed="7"),
    ),
    Payload(
        "a command to us in a group",
        said("/start@gop_y_bot q-Q1", GROUP),
        means("-100123", other="group"),
    ),
    Payload(
        "a mention in a group",
        said("@gop_y_bot xin chào", GROUP, entities=MENTION),
        means("-100123", other="group"),
    ),
    Payload("talk in a group", said("Xin chào", GROUP), None),
    Payload("a bare command in a group", said("/start", GROUP), None),
    Payload("a command to another bot in a group", said("/start@other_bot", GROUP), None),
    Payload("a name in a group that begins like ours", said("@gop_y_bot2 hi", GROUP), None),
    Payload(
        "an edited message in a group",
        update(edited_message=message(GROUP, text="@gop_y_bot", edit_date=2)),
        None,
    ),
    Payload("another bot", update(message=message(person=BOT, text="hi")), None),
    Payload(
        "a channel post",
        update(message={"message_id": 1, "date": 1, "chat": GROUP, "text": "@gop_y_bot"}),
        None,
    ),
    Payload(
        "the bot is started again",
        update(
            my_chat_member={
                "chat": PRIVATE,
                "from": ANNA,
                "date": 1,
                "old_chat_member": BLOCKED,
                "new_chat_member": MEMBER,
            }
        ),
        None,
    ),
    Payload("a kind of a later release", update(hologram={"x": 1}), None),
]

NO_PREVIEW = {"is_disabled": True}


def call(method: str, text: str, *rows: list[Json], message_id: int | None = None) -> Request:
    params: Json = {"chat_id": 1001, "text": text, "parse_mode": "HTML"}
    params["link_preview_options"] = NO_PREVIEW
    if rows:
        params["reply_markup"] = {"inline_keyboard": list(rows)}
    if message_id is not None:
        params["message_id"] = message_id
    return Request(method, params)


def button(text: str, data: str) -> Json:
    return {"text": text, "callback_data": data}


HELLO = reply(Text(text="Xin chào"))
TELEGRAM_SENDINGS = [
    Sending("a text", HELLO, [call("sendMessage", "Xin chào")]),
    Sending(
        "everything there is",
        EVERYTHING,
        [
            call(
                "sendMessage",
                "<b>Kính chào Ông/Bà</b>\n\nQuầy 1 – Hộ tịch\n\n"
                "<b>Ông/Bà hài lòng ở mức nào?</b>\n\n"
                "⚠️ Rất tiếc vì Ông/Bà chưa hài lòng.\n\n"
                "Mã đánh giá\n<code>123 456 7890</code>\n\n"
                "⚠️ Góp ý quá dài.\n<b>Ông/Bà muốn góp ý thêm điều gì?</b>\n"
                "Xin đừng ghi họ tên.\n\n"
                "Đánh giá không kèm tên.\n"
                "<blockquote expandable>Chúng tôi giữ: quầy, mức, ngày.</blockquote>",
                [{"text": "📋 123 456 7890", "copy_text": {"text": "123 456 7890"}}],
                [button("😀 Rất hài lòng", "rate/5")],
                [button("Rất không hài lòng", "rate/1")],
                [button("✅ Đúng hẹn", "why/1"), button("Thái độ", "why/2")],
                [{"text": "Trang chủ", "url": "https://danhgia.example.vn/q/Q1"}],
            )
        ],
    ),
    Sending(
        "in place of a message; its keyboard goes",
        HELLO,
        [call("editMessageText", "Xin chào", message_id=2)],
        edit="2",
    ),
    Sending(
        "in place of a message that already shows it",
        reply(
            Text(text="the question"),
            Choices(choices=(Choice(label="5", action="rate/5"),)),
        ),
        [call("editMessageText", "the question", [button("5", "rate/5")], message_id=2)],
        edit="2",
    ),
    Sending(
        "in place of a message that is gone",
        HELLO,
        [call("editMessageText", "Xin chào", message_id=999), call("sendMessage", "Xin chào")],
        edit="999",
    ),
    Sending(
        "in place of a message of the person's own",
        HELLO,
        [call("editMessageText", "Xin chào", message_id=1), call("sendMessage", "Xin chào")],
        edit="1",
    ),
    Sending(
        "a link that Telegram takes for no link stands in the text",
        reply(
            Text(text="Trang:"),
            Choices(choices=(Choice(label="Mở", url="http://localhost:8080/q/Q1"),)),
        ),
        [call("sendMessage", "Trang:\n\nMở\nhttp://localhost:8080/q/Q1")],
    ),
]
TELEGRAM_FAILURES = [
    Failure("429", Fault.too_many_requests(3), Throttled),
    Failure("blocked", Fault.blocked(), Gone),
    Failure("deactivated", Fault.deactivated(), Gone),
    Failure("never started", Fault.never_started(), Gone),
    Failure("no such chat", Fault.chat_not_found(), Gone),
    Failure("500", Fault.server_error(), TryAgain),
    Failure("502 with a page", Fault.bad_gateway(), TryAgain),
    Failure("a dropped answer", Fault.drop(), TryAgain),
    Failure("a reset connection", Fault.reset(), TryAgain),
    Failure("a refused token", Fault.unauthorized(), TryAgain),
    Failure(
        "a button it does not take",
        Fault.api_error(400, "Bad Request: BUTTON_DATA_INVALID"),
        Broken,
    ),
    Failure(
        "a refusal that quotes",
        Fault.api_error(400, 'Bad Request: wrong thing "confidential words"'),
        Broken,
    ),
]


class OverTelegram:
    """A channel whose calls go over HTTP to the strict server. Message 1 is the person's,
    message 2 the bot's question."""

    def __init__(self, server: FakeTelegram) -> None:
        self.server, self.person = server, server.user(1001)
        settings = TelegramSettings(token=SecretStr(TOKEN), api_base=server.api_base)
        self.incoming: list[Incoming] = []
        self.channel = TelegramChannel(
            settings, "", self._handle, forget=self._forget, waits=SHORT, commands={}
        )

    async def _handle(self, incoming: Incoming, can: object) -> None:
        self.incoming.append(incoming)

    async def _forget(self, address: str, key: str) -> None:
        raise AssertionError("nobody left")

    async def open(self) -> None:
        await self.channel._introduce()
        self.person.send("a message of mine")
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("5", callback_data="rate/5")]])
        await self.channel._api.send_message(1001, "the question", reply_markup=keyboard)

    async def read(self, raw: Json) -> Incoming | None:
        parsed = Update.de_json(raw, self.channel._api)
        received = self.channel._receiver.reader.read(parsed)
        return getattr(received, "incoming", None)

    async def send(self, answer: Reply, edit: str | None = None) -> Sequence[Request]:
        before = len(self.server.calls)
        await self.channel.send("1001", answer, edit)
        return [
            Request(each.method, {key: _decoded(value) for key, value in each.params.items()})
            for each in self.server.calls[before:]
        ]

    async def fail(self, fault: Fault, answer: Reply) -> None:
        self.server.fault("sendMessage", fault)
        await self.channel.send("1001", answer, None)

    def seen(self) -> str:
        shown = [each for each in self.person.messages()[2:] if each.from_bot]
        return "\n".join("\n".join([each.text, *each.labels]) for each in shown)


def _decoded(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


class TestTelegram(ChannelConformance):
    PAYLOADS: ClassVar = TELEGRAM_PAYLOADS
    SENDINGS: ClassVar = TELEGRAM_SENDINGS
    FAILURES: ClassVar = TELEGRAM_FAILURES

    @pytest.fixture
    async def channel(self, server: FakeTelegram) -> AsyncIterator[OverTelegram]:
        over = OverTelegram(server)
        await over.open()
        yield over
        await over.channel.close()
        expected = ("message is not modified", "message to edit not found", "can't be edited")
        strange = [
            each
            for each in server.refusals
            if not any(text in each.description for text in expected)
        ]
        assert strange == []


class AsNumbers:
    """A messenger without buttons: replies as numbered text, typed numbers back."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.numbers: dict[int, str] = {}

    async def read(self, raw: Json) -> Incoming | None:
        action = self.numbers.get(raw["typed"])
        return None if action is None else Incoming("toy", "c", "p", "k", action=action)

    async def send(self, answer: Reply, edit: str | None = None) -> Sequence[Request]:
        texts = plain_texts(answer, most=2000)
        assert all(len(text.encode("utf-16-le")) <= 4000 for text in texts)
        self.texts += texts
        self.numbers = numbered(answer, every=True)
        return [Request("send", {"text": text}) for text in texts]

    async def fail(self, fault: type[Exception], answer: Reply) -> None:
        raise fault("failed")

    def seen(self) -> str:
        return "\n".join(self.texts)


class TestNumbered(ChannelConformance):
    PAYLOADS: ClassVar = [
        Payload(
            "a level's own number",
            {"typed": 5},
            Incoming("toy", "c", "p", "k", action="rate/5"),
        ),
        Payload(
            "a number counted past the levels'",
            {"typed": 3},
            Incoming("toy", "c", "p", "k", action="why/2"),
        ),
        Payload("a number that was not shown", {"typed": 4}, None),
    ]
    SENDINGS: ClassVar = [
        Sending("a text", HELLO, [Request("send", {"text": "Xin chào\n\n0. Menu"})]),
        Sending(
            "everything there is",
            EVERYTHING,
            [
                Request(
                    "send",
                    {
                        "text": "Kính chào Ông/Bà\n\nQuầy 1 – Hộ tịch\n\n"
                        "Ông/Bà hài lòng ở mức nào?\n\n⚠️ Rất tiếc vì Ông/Bà chưa hài lòng.\n\n"
                        "Mã đánh giá\n123 456 7890\n\n"
                        "Mức\n5. Rất hài lòng\n1. Rất không hài lòng\n\n"
                        "2. ✅ Đúng hẹn\n3. Thái độ\n"
                        "Trang chủ\nhttps://danhgia.example.vn/q/Q1\n\n"
                        "⚠️ Góp ý quá dài.\nÔng/Bà muốn góp ý thêm điều gì?\nXin đừng ghi họ tên.\n\n"
                        "Đánh giá không kèm tên.\nChúng tôi giữ: quầy, mức, ngày.\n\n0. Menu"
                    },
                )
            ],
        ),
    ]
    FAILURES: ClassVar = [Failure("anything", TryAgain, TryAgain)]

    @pytest.fixture
    async def channel(self) -> AsNumbers:
        toy = AsNumbers()
        toy.numbers = numbered(EVERYTHING, every=True)
        return toy
