"""The fake Telegram server against raw httpx and python-telegram-bot: does it refuse what it must?

Longer than most files: one section per side of the server.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, RetryAfter, TimedOut
from telegram.ext import ExtBot

from .telegram import TOKEN, FakeTelegram, Fault, Pace, User

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x40\x00\x00\x00\x40" + b"\x08" * 13


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram(callback_lifetime=0.5) as running:
        yield running


@pytest.fixture
def anna(server: FakeTelegram) -> User:
    return server.user(1001, first_name="Anna", language_code="vi", started=True)


@pytest.fixture
async def bot(server: FakeTelegram) -> AsyncIterator[ExtBot[None]]:
    async with ExtBot[None](server.token, base_url=server.api_base) as ready:
        yield ready


def call(server: FakeTelegram, method: str, **params: Any) -> httpx.Response:
    url = f"{server.api_base}{server.token}/{method}"
    return httpx.post(url, json=params, timeout=20, trust_env=False)


def refusal(server: FakeTelegram, method: str, **params: Any) -> str:
    answer = call(server, method, **params)
    assert answer.status_code == answer.json()["error_code"] == 400
    return str(answer.json()["description"]).removeprefix("Bad Request: ")


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


# Addresses and forms of calls.


def test_tokens_and_methods_are_checked(server: FakeTelegram) -> None:
    def get(token: str, method: str) -> tuple[int, str]:
        answer = httpx.get(f"{server.api_base}{token}/{method}", trust_env=False)
        return answer.status_code, answer.json().get("description", "")

    assert get("12345:wrong", "getMe") == (401, "Unauthorized")
    assert get("nonsense", "getMe") == (404, "Not Found")
    assert get(TOKEN, "sendFlowers") == (404, "Not Found: method not found")
    assert get(TOKEN, "GETME") == (200, "")
    assert [refused.method for refused in server.refusals] == ["sendFlowers"]


def test_parameters_come_as_json_form_query_or_multipart(server: FakeTelegram, anna: User) -> None:
    url = f"{server.api_base}{TOKEN}/sendMessage"
    markup = json.dumps(keyboard({"text": "A", "callback_data": "a"}))
    with httpx.Client(trust_env=False) as client:
        client.get(url, params={"chat_id": anna.id, "text": "query"})
        client.post(url, data={"chat_id": anna.id, "text": "form", "reply_markup": markup})
        client.post(url, files={"chat_id": (None, str(anna.id)), "text": (None, "multipart")})
    assert [message.text for message in anna.messages()] == ["query", "form", "multipart"]
    assert anna.messages()[1].labels == ["A"]


def test_an_unknown_parameter_is_noted_though_answered(anna: User, server: FakeTelegram) -> None:
    assert call(server, "sendMessage", chat_id=anna.id, text="x", colour="red").json()["ok"]
    assert "colour" in server.refusals[0].description


# Texts, keyboards, edits.


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("ă<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        (
            "<b><i>test</b></i>",
            'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"',
        ),
        ('<span class="x">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a href="x>a</a>', "Unclosed start tag at byte offset 0"),
    ],
)
def test_bad_html_is_refused(server: FakeTelegram, anna: User, text: str, problem: str) -> None:
    said = refusal(server, "sendMessage", chat_id=anna.id, text=text, parse_mode="HTML")
    assert said == f"can't parse entities: {problem}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hello.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a-b", "Character '-' is reserved and must be escaped with the preceding '\\'"),
        ("*unclosed", "Can't find end of Bold entity at byte offset 0"),
        ("`unclosed", "Can't find end of Code entity at byte offset 0"),
    ],
)
def test_bad_markdown_is_refused(server: FakeTelegram, anna: User, text: str, problem: str) -> None:
    said = refusal(server, "sendMessage", chat_id=anna.id, text=text, parse_mode="MarkdownV2")
    assert said == f"can't parse entities: {problem}"


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        (
            "HTML",
            '<b>Đậm <i>nghiêng</i></b> 😀 &lt;x&gt; &nbsp; <a href="https://vn.vn/?a=1">l</a>',
        ),
        ("MarkdownV2", "*Đậm _nghiêng_* 😀 <x\\> &nbsp; [l](https://vn.vn/?a=1)"),
    ],
)
def test_formatting_becomes_entities(
    server: FakeTelegram, anna: User, mode: str, text: str
) -> None:
    sent = call(server, "sendMessage", chat_id=anna.id, text=text, parse_mode=mode).json()["result"]
    assert sent["text"] == anna.see() == "Đậm nghiêng 😀 <x> &nbsp; l"
    spans = [(e["type"], e["offset"], e["length"]) for e in sent["entities"]]
    assert spans == [("bold", 0, 11), ("italic", 4, 7), ("text_link", 26, 1)]
    assert anna.messages()[-1].html == (
        '<b>Đậm <i>nghiêng</i></b> 😀 &lt;x&gt; &amp;nbsp; <a href="https://vn.vn/?a=1">l</a>'
    )


def test_length_counts_utf16_after_parsing(server: FakeTelegram, anna: User) -> None:
    def send(text: str) -> httpx.Response:
        return call(server, "sendMessage", chat_id=anna.id, text=text, parse_mode="HTML")

    assert send("<b>" + "ă" * 4096 + "</b>").status_code == 200
    assert send("😀" * 2048).status_code == 200
    assert send("😀" * 2048 + "a").json()["description"] == "Bad Request: message is too long"
    for empty in ("", "  \n", "<b></b>"):
        assert send(empty).json()["description"] == "Bad Request: message text is empty"


@pytest.mark.parametrize(
    ("button", "problem"),
    [
        ({"text": "a", "callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": "đ" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "a"}, "Text buttons are unallowed"),
        ({"text": "a", "callback_data": ""}, "Text buttons are unallowed"),
        ({"text": " ", "callback_data": "x"}, "non-empty"),
        ({"text": "a", "callback_data": "x", "url": "https://a.vn"}, "exactly one action"),
        ({"text": "a", "url": "not-a-url"}, "button URL 'not-a-url' is invalid: Wrong HTTP URL"),
        ({"text": "a", "url": "http://localhost:8080/q"}, "is invalid: Wrong HTTP URL"),
        ({"text": "a", "url": "ftp://example.com"}, "is invalid: Unsupported URL protocol"),
        ({"text": "a", "web_app": {"url": "http://a.vn"}}, "Only HTTPS links are allowed"),
        ({"text": "a", "copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
    ],
)
def test_bad_buttons_are_refused(
    server: FakeTelegram, anna: User, button: dict[str, Any], problem: str
) -> None:
    markup = keyboard(button)
    assert problem in refusal(server, "sendMessage", chat_id=anna.id, text="x", reply_markup=markup)
    assert server.refusals[0].params["reply_markup"] == markup
    assert anna.messages() == []


def test_good_buttons_pass_and_too_many_do_not(server: FakeTelegram, anna: User) -> None:
    good = [
        {"text": "a", "callback_data": "đ" * 32},
        {"text": "b", "url": "https://a.vn/q?x=1"},
        {"text": "c", "url": "http://127.0.0.1:8080/q"},
        {"text": "d", "url": "tg://user?id=1"},
        {"text": "e", "copy_text": {"text": "1234"}},
        {"text": "f", "switch_inline_query": ""},
    ]

    def send(rows: list[list[Any]]) -> httpx.Response:
        markup = {"inline_keyboard": rows}
        return call(server, "sendMessage", chat_id=anna.id, text="x", reply_markup=markup)

    assert send([good, []]).json()["result"]["reply_markup"] == {"inline_keyboard": [good]}
    assert send([good[:1]] * 100).status_code == 200
    for rows in ([good[:1]] * 101, [good[:1] * 9]):
        assert send(rows).json()["description"] == "Bad Request: reply markup is too long"


async def test_edits_follow_the_real_rules(bot: Bot, server: FakeTelegram, anna: User) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data="a")]])
    sent = await bot.send_message(anna.id, "một", reply_markup=markup)
    with pytest.raises(BadRequest, match="Message is not modified: specified new message content"):
        await bot.edit_message_text("một", anna.id, sent.message_id, reply_markup=markup)
    await bot.edit_message_text("một", anna.id, sent.message_id)
    assert anna.buttons() == []
    assert anna.messages()[0].edited == 1
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", anna.id, 999)
    own = anna.send("của tôi")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", anna.id, own)
    await bot.edit_message_reply_markup(anna.id, sent.message_id, reply_markup=markup)
    assert anna.buttons() == ["A"]
    await bot.delete_message(anna.id, sent.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(anna.id, sent.message_id)
    assert [message.text for message in server.messages(anna.id)] == ["của tôi"]


async def test_pictures_and_documents(bot: Bot, server: FakeTelegram, anna: User) -> None:
    photo = await bot.send_photo(anna.id, PNG, caption="<b>Tuần</b>", parse_mode="HTML")
    assert (photo.photo[0].width, photo.caption) == (64, "Tuần")
    with pytest.raises(BadRequest, match="no text in the message to edit"):
        await bot.edit_message_text("x", anna.id, photo.message_id)
    await bot.edit_message_caption(anna.id, photo.message_id, caption="mới")
    media = InputMediaPhoto(PNG + b"2", caption="hai")
    await bot.edit_message_media(media, anna.id, photo.message_id)
    seen = anna.messages()[0]
    assert (seen.kind, seen.text, seen.edited) == ("photo", "hai", 2)
    assert seen.file is not None
    assert seen.file.content == PNG + b"2"
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_photo(anna.id, PNG, caption="a" * 1025)
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(anna.id, b"not a picture")
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_document(anna.id, "BQACAgUAAx")
    document = await bot.send_document(anna.id, b"a,b", filename="bảng.csv")
    assert document.document is not None
    again = await bot.send_document(anna.id, document.document.file_id)
    assert again.document is not None
    assert again.document.file_name == "bảng.csv"
    assert [refused.code for refused in server.refusals] == [400] * 4


async def test_commands_and_descriptions(bot: Bot, server: FakeTelegram, anna: User) -> None:
    await bot.set_my_commands([BotCommand("start", "Bắt đầu")], language_code="vi")
    assert server.profile.commands_for(anna.id, "vi")[0]["command"] == "start"
    assert (await bot.get_my_commands(language_code="vi"))[0].description == "Bắt đầu"
    for name in ("Start", "a b", "x" * 33, ""):
        commands = [{"command": name, "description": "x"}]
        assert refusal(server, "setMyCommands", commands=commands) == "BOT_COMMAND_INVALID"
    await bot.delete_my_commands(language_code="vi")
    await bot.set_my_description("Bot góp ý")
    await bot.set_my_short_description("Góp ý")
    await bot.set_chat_menu_button()
    await bot.send_chat_action(anna.id, "typing")
    assert (await bot.get_chat(anna.id)).first_name == "Anna"
    assert await bot.get_my_commands() == ()


# Updates: polling.


def polled(server: FakeTelegram, **params: Any) -> list[Update]:
    answer = call(server, "getUpdates", **params).json()["result"]
    return [Update.de_json(raw) for raw in answer]


def test_updates_come_again_until_the_offset_confirms_them(
    server: FakeTelegram, anna: User
) -> None:
    anna.send("/start q-Q1")
    anna.send("hai")
    first = polled(server)
    assert [u.update_id for u in first] == [u.update_id for u in polled(server)]
    assert [u.update_id for u in polled(server, limit=1)] == [first[0].update_id]
    assert len(polled(server, offset=first[1].update_id)) == len(server.unconfirmed()) == 1
    assert polled(server, offset=first[1].update_id + 1) == []
    server.redeliver(first[0].update_id)
    again = polled(server, offset=first[1].update_id + 1)
    assert [u.update_id for u in again] == [first[0].update_id]
    assert polled(server, offset=first[1].update_id + 1) == []


def test_a_negative_offset_keeps_the_last_ones(server: FakeTelegram, anna: User) -> None:
    for text in "abc":
        anna.send(text)
    assert [u.message.text for u in polled(server, offset=-1) if u.message] == ["c"]
    assert len(server.unconfirmed()) == 1


def test_allowed_updates_are_remembered(server: FakeTelegram, anna: User) -> None:
    polled(server, allowed_updates=["callback_query"])
    anna.send("unseen")
    anna.tap_data("x")
    assert [u.callback_query is not None for u in polled(server)] == [True]


def test_a_long_poll_answers_when_something_comes(server: FakeTelegram, anna: User) -> None:
    timer = threading.Timer(0.2, lambda: anna.send("xin chào"))
    timer.start()
    started = time.monotonic()
    assert len(polled(server, timeout=5)) == 1
    assert 0.15 < time.monotonic() - started < 2
    timer.join()


async def test_the_older_of_two_polls_is_ended(bot: Bot, server: FakeTelegram) -> None:
    older = asyncio.create_task(bot.get_updates(timeout=5))
    await server.until(lambda: server.calls_of("getUpdates"))
    newer = await asyncio.to_thread(polled, server, timeout=1)
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await older
    assert newer == []
    assert server.refusals == []


def test_a_killed_bot_takes_no_update_with_it(server: FakeTelegram, anna: User) -> None:
    program = (
        "import sys, httpx\n"
        "httpx.get(sys.argv[1], params={'timeout': 30}, timeout=40, trust_env=False)"
    )
    url = f"{server.api_base}{TOKEN}/getUpdates"
    process = subprocess.Popen([sys.executable, "-c", program, url])
    server.wait_until(lambda: server.calls_of("getUpdates"), 20)
    process.kill()
    process.wait()
    server.wait_until(lambda: server.calls[0].outcome == "dropped")
    anna.send("một")
    assert len(polled(server, timeout=5)) == 1


def test_every_kind_of_update_parses(server: FakeTelegram, anna: User) -> None:
    own = anna.send("/start@gop_y_bot q-Q1 😀 @anna_b https://a.vn.")
    anna.edit(own, "sửa")
    for act in (anna.send_sticker, anna.send_voice, anna.send_location, anna.send_contact):
        act()
    anna.send_photo("ảnh")
    anna.forward(own)
    call(
        server,
        "sendMessage",
        chat_id=anna.id,
        text="q",
        reply_markup=keyboard({"text": "Có", "callback_data": "yes"}),
    )
    anna.tap("Có")
    anna.tap_data("forged", 12345)
    anna.block()
    anna.unblock()
    updates = polled(server)
    assert [u.update_id for u in updates] == sorted(u.update_id for u in updates)
    first = updates[0].message
    assert first is not None
    assert first.from_user is not None
    assert first.from_user.language_code == "vi"
    assert list(first.parse_entities().values()) == [
        "/start@gop_y_bot",
        "@anna_b",
        "https://a.vn",
    ]
    assert updates[1].edited_message is not None
    assert all(u.message and u.message.effective_attachment for u in updates[2:7])
    assert updates[7].message is not None
    assert updates[7].message.forward_origin is not None
    tap, forged = updates[8].callback_query, updates[9].callback_query
    assert tap is not None
    assert tap.message is not None
    assert tap.message.is_accessible
    assert forged is not None
    assert forged.message is not None
    assert not forged.message.is_accessible
    kicked = updates[10].my_chat_member
    assert kicked is not None
    assert kicked.new_chat_member.status == "kicked"
    assert len(updates) == 12


def test_groups_hide_talk_from_a_bot_in_privacy_mode(server: FakeTelegram, anna: User) -> None:
    group = server.group(-1002, members=[anna])
    anna.send_in(group, "chuyện riêng")
    anna.send_in(group, "/help@other_bot")
    anna.send_in(group, "/help")
    assert [u.message.text for u in polled(server) if u.message] == ["/help"]
    call(
        server,
        "sendMessage",
        chat_id=group.id,
        text="?",
        reply_markup=keyboard({"text": "A", "callback_data": "a"}),
    )
    anna.tap("A", group=group)
    group.remove_bot(anna)
    refused = call(server, "sendMessage", chat_id=group.id, text="x").json()
    assert refused["description"] == "Forbidden: bot was kicked from the supergroup chat"


# Taps.


async def test_a_tap_finds_its_button_and_is_answered_once(
    bot: Bot, server: FakeTelegram, anna: User
) -> None:
    labels = ["😡 Rất không hài lòng", "😀 Rất hài lòng", "Không hài lòng"]
    rows = [[InlineKeyboardButton(label, callback_data=label[:9])] for label in labels]
    await bot.send_message(anna.id, "Đánh giá", reply_markup=InlineKeyboardMarkup(rows))
    for label, chosen in zip(["Rất hài lòng", "hài lòng", "Không hài"], (1, 0, 2), strict=True):
        anna.tap(label)
        query = (await bot.get_updates(offset=-1))[-1].callback_query
        assert query is not None
        assert query.data == labels[chosen][:9]
    press = anna.tap("Không hài")
    await bot.answer_callback_query(press, "Cảm ơn")
    assert [toast.text for toast in anna.toasts] == ["Cảm ơn"]
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired"):
        await bot.answer_callback_query(press)
    with pytest.raises(AssertionError, match=r"no button with 'Xong'(.|\n)*\[Không hài lòng\]"):
        anna.tap("Xong")
    late = anna.tap("Không hài")
    await asyncio.sleep(0.6)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(late)


# Who can be written to.


async def test_who_cannot_be_written_to(bot: Bot, server: FakeTelegram, anna: User) -> None:
    stranger = server.user(1002, first_name="Bình")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(4711, "x")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger.id, "x")
    anna.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(anna.id, "x")
    anna.unblock()
    await bot.send_message(anna.id, "x")
    anna.deactivate()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(anna.id, "x")
    assert [refused.code for refused in server.refusals] == [400, 403, 403, 403]


# Trouble.


@pytest.mark.parametrize(
    ("fault", "error", "arrives"),
    [
        (Fault.too_many_requests(3), RetryAfter, False),
        (Fault.blocked(), Forbidden, False),
        (Fault.chat_not_found(), BadRequest, False),
        (Fault.server_error(), NetworkError, False),
        (Fault.bad_gateway(), NetworkError, False),
        (Fault.reset(), NetworkError, False),
        (Fault.drop(), NetworkError, True),
        (Fault.hang(0.6), TimedOut, True),
        (Fault.hang(0.6, executed=False), TimedOut, False),
    ],
)
async def test_faults(
    bot: Bot, server: FakeTelegram, anna: User, fault: Fault, error: type[Exception], arrives: bool
) -> None:
    server.fault("sendMessage", fault, chat=anna.id)
    with pytest.raises(error) as raised:
        await bot.send_message(anna.id, "x", read_timeout=0.3)
    assert type(raised.value) is error
    assert len(anna.messages()) == arrives
    assert server.refusals == []
    await bot.send_message(anna.id, "y")
    assert anna.see() == "y"
    assert server.faults_left == 0


def test_faults_keep_their_order_and_choose_calls(server: FakeTelegram, anna: User) -> None:
    server.fault("sendMessage", Fault.server_error(), times=2)
    server.fault(None, Fault.blocked(), when=lambda _, params: params.get("text") == "b")
    codes = [call(server, "sendMessage", chat_id=anna.id, text=t).status_code for t in "aabab"]
    assert codes == [500, 500, 403, 200, 200]
    outcomes = [made.outcome for made in server.calls]
    assert outcomes == ["fault", "fault", "fault", "ok", "ok"]
    assert [made.message_id for made in server.calls][3:] == [1, 2]


def test_a_real_pace_draws_429() -> None:
    with FakeTelegram(pace=Pace(chat_burst=2, burst=4)) as server:
        people = [server.user(i, started=True) for i in range(1, 5)]
        answers = [call(server, "sendMessage", chat_id=people[0].id, text="x") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }
        assert server.refusals[0].code == 429


# Webhook.


class Receiver:
    """A small bot end: answers what respond says, remembers what it accepted."""

    def __init__(self, port: int = 0) -> None:
        self.accepted: list[dict[str, Any]] = []
        self.secrets: set[str | None] = set()
        self.respond: Callable[[dict[str, Any]], int] = lambda _: 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.secrets.add(self.headers["X-Telegram-Bot-Api-Secret-Token"])
                status = receiver.respond(raw)
                if status == 200:
                    receiver.accepted.append(raw)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.http.server_address[1])

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


def test_a_webhook_gets_every_update_in_its_chats_order(server: FakeTelegram) -> None:
    receiver = Receiver()
    seen: list[int] = []

    def fail_once(raw: dict[str, Any]) -> int:
        seen.append(raw["update_id"])
        return 500 if seen.count(raw["update_id"]) == 1 and raw["update_id"] % 3 == 0 else 200

    receiver.respond = fail_once
    people = [server.user(number) for number in range(1, 6)]
    people[0].send("earlier")
    url = f"http://127.0.0.1:{receiver.port}/hooks/telegram"
    assert call(server, "setWebhook", url=url, secret_token="s-1").json()["description"] == (
        "Webhook was set"
    )
    for number in range(10):
        for person in people:
            person.send(str(number))
    server.wait_until(lambda: not server.unconfirmed(), 10)
    server.redeliver(receiver.accepted[7]["update_id"])
    server.wait_until(lambda: not server.unconfirmed())
    receiver.close()
    assert receiver.accepted.pop() == receiver.accepted[7]
    texts = [raw["message"] for raw in receiver.accepted]
    for person in people[1:]:
        mine = [message["text"] for message in texts if message["from"]["id"] == person.id]
        assert mine == [str(number) for number in range(10)]
    assert len(texts) == 51
    assert receiver.secrets == {"s-1"}
    assert "500 Internal Server Error" in server.webhook_info["last_error_message"]


def test_a_killed_webhook_gets_its_updates_after_the_restart(
    server: FakeTelegram, anna: User
) -> None:
    receiver = Receiver()
    port = receiver.port
    call(server, "setWebhook", url=f"http://127.0.0.1:{port}/")
    receiver.close()
    anna.send("một")
    anna.send("hai")
    server.wait_until(lambda: "last_error_message" in server.webhook_info)
    assert server.webhook_info["last_error_message"] == "Connection refused"
    assert server.webhook_info["pending_update_count"] == 2
    assert call(server, "getUpdates").status_code == 409
    receiver = Receiver(port)
    server.wait_until(lambda: not server.unconfirmed())
    receiver.close()
    assert [raw["message"]["text"] for raw in receiver.accepted] == ["một", "hai"]
    call(server, "deleteWebhook", drop_pending_updates=True)
    assert polled(server) == []


# Life and load.


def test_the_server_can_go_down_and_come_back(server: FakeTelegram, anna: User) -> None:
    anna.send("một")
    server.stop()
    anna.send("hai")
    with pytest.raises(httpx.ConnectError):
        call(server, "getMe")
    server.start()
    assert len(polled(server)) == 2


async def test_waiting_for_what_a_person_sees(bot: Bot, anna: User) -> None:
    later = asyncio.create_task(asyncio.sleep(0.1))
    later.add_done_callback(lambda _: None)
    waiting = asyncio.create_task(anna.seen("chào", 2))
    await later
    await bot.send_message(anna.id, "xin chào")
    assert (await waiting).text == "xin chào"
    assert anna.wait_for(lambda message: message.edited == 0).text == "xin chào"
    with pytest.raises(AssertionError, match="Anna did not see 'tạm biệt'"):
        await anna.seen("tạm biệt", 0.05)


async def send_many(server: FakeTelegram, chat_id: int, count: int) -> None:
    """Raw HTTP over one connection: httpx itself would cost more than the server."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for number in range(count):
        body = json.dumps({"chat_id": chat_id, "text": f"<b>{number}</b>", "parse_mode": "HTML"})
        head = f"POST /bot{TOKEN}/sendMessage HTTP/1.1\r\nHost: fake\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write((head + body).encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(
            line for line in answer.lower().splitlines() if line.startswith(b"content-length")
        )
        await reader.readexactly(int(length.partition(b":")[2]))
    writer.close()


async def test_sixty_people_and_four_thousand_sends_are_cheap(server: FakeTelegram) -> None:
    people = [server.user(number, started=True) for number in range(1, 61)]
    started = time.monotonic()
    await asyncio.gather(*(send_many(server, person.id, 67) for person in people))
    assert time.monotonic() - started < 10
    assert len(server.calls) == sum(len(person.messages()) for person in people) == 4020
    threads = [threading.Thread(target=person.tap_data, args=("x",)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(polled(server)) == 60
    assert server.refusals == []
