"""What fuzzing found and was mended: each once more, as it came."""

import json
import math
from pathlib import Path

import httpx
import pytest

from bot.channels.zalo_bot.api import NoAnswer, Refused, StrangeAnswer, result_of
from bot.channels.zalo_oa.api import _code
from bot.config import ConfigMistakes, load
from handlers.messages import Incoming, sound
from handlers.routes import router
from tests.bot.web_site import HOME
from tests.fuzz.ground import Ground, ground
from tests.fuzz.watching import SECRETS

HOST = (b"host", HOME.partition("://")[2].encode())
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n+2AA-\r\n--x--\r\n'


@pytest.fixture
def here() -> Ground:
    return ground()


def posted(here: Ground, where: str, secret: str, body: bytes) -> int:
    header = {
        "/hooks/telegram": b"x-telegram-bot-api-secret-token",
        "/hooks/zalo-bot": b"x-bot-api-secret-token",
    }[where]
    headers = [(header, secret.encode())]
    return here.does(lambda: here.asks("POST", where.encode(), headers, body)).status


@pytest.mark.parametrize("name", ["telegram", "zalo"])
def test_a_post_that_is_a_thousand_levels_deep_is_passed_over(here: Ground, name: str) -> None:
    where = {"telegram": "/hooks/telegram", "zalo": "/hooks/zalo-bot"}[name]
    secret = SECRETS[f"{name} webhook secret"]
    for depth in (900, 100_000):
        assert posted(here, where, secret, b"[" * depth + b"]" * depth) == 200


def test_an_update_whose_parts_are_of_other_types_is_passed_over(here: Ground) -> None:
    for kind in ("message", "edited_message", "callback_query", "my_chat_member"):
        for value in (None, 5, [], {}, {"chat": None, "from": None, "date": None}):
            body = json.dumps({"update_id": 1, kind: value}).encode()
            secret = SECRETS["telegram webhook secret"]
            assert posted(here, "/hooks/telegram", secret, body) == 200


def test_half_a_letter_in_an_action_makes_it_an_unknown_one() -> None:
    assert router().match("open/\ud800") is None


def test_halves_of_letters_and_zero_bytes_are_taken_out_of_what_comes_in() -> None:
    incoming = Incoming("zalo_bot", "c\x00", "\udfff1", "k", text="tốt\ud800 \x00😀")
    assert (incoming.chat, incoming.person, incoming.text) == ("c", "1", "tốt 😀")
    assert sound("tốt 😀") == "tốt 😀"


def test_an_address_with_bytes_that_are_no_text_has_its_page(here: Ground) -> None:
    for target in (b"/nowhere?\xff", b"/q/QC11?\xf2\xff", b"/static/x?\xff"):
        answer = here.does(lambda target=target: here.asks("GET", target, [HOST]))  # type: ignore[misc]
        assert answer.status in {200, 404}


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode", "x", "utf-7", "hex"])
def test_a_form_in_an_encoding_that_is_none_of_text_is_no_failure(
    here: Ground, charset: str
) -> None:
    kind = f"multipart/form-data; boundary=x; charset={charset}".encode()
    headers = [HOST, (b"content-type", kind)]
    for path in (b"/chat", b"/file", b"/nhan", b"/nhan/da-nhan"):
        answer = here.does(lambda path=path: here.asks("POST", path, headers, MULTIPART))  # type: ignore[misc]
        assert answer.status in {400, 403, 200}


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("port = " + "9" * 5000, "web"),
        ("port = " + "[" * 2000, "web"),
        ("language = []", "operator"),
    ],
)
def test_a_configuration_beyond_all_bounds_is_a_mistake_like_others(
    tmp_path: Path, line: str, where: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[{where}]\n{line}\n")
    with pytest.raises(ConfigMistakes):
        load(file)


def test_an_error_code_without_end_is_an_error(here: Ground) -> None:
    assert _code({"error": math.inf}) == -1
    answer = httpx.Response(400, json={"ok": False, "error_code": "9" * 5000})
    with pytest.raises(Refused) as refused:
        result_of("sendMessage", answer)
    assert refused.value.code == 400
    assert issubclass(StrangeAnswer, Exception)
    assert issubclass(NoAnswer, Exception)


def test_a_length_of_thousands_of_digits_is_too_long(here: Ground) -> None:
    headers = [HOST, (b"content-length", b"9" * 4400)]
    assert here.does(lambda: here.asks("POST", b"/chat", headers)).status == 413


def test_a_pressed_button_named_by_no_text_is_pressed_all_the_same(here: Ground) -> None:
    person = {"id": 5, "is_bot": False, "first_name": "A"}
    query = {"id": ["x"], "from": person, "chat_instance": "1", "data": "find"}
    body = json.dumps({"update_id": 72, "callback_query": query}).encode()
    assert posted(here, "/hooks/telegram", SECRETS["telegram webhook secret"], body) == 200


def test_a_language_that_is_no_text_is_none(here: Ground) -> None:
    person = {"id": 5, "is_bot": False, "first_name": "A", "language_code": 7}
    message = {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}, "from": person}
    body = json.dumps({"update_id": 71, "message": {**message, "text": "/start"}}).encode()
    assert posted(here, "/hooks/telegram", SECRETS["telegram webhook secret"], body) == 200
