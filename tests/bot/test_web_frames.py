"""What is kept from page to page, and what comes with a form, where speed was worth a way of our own."""

import zlib

import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.requests import Request
from starlette.types import Message

from bot.web.assets import Assets
from bot.web.identity import Signatures, Visitor, new_form
from bot.web.requests import form_of
from bot.web.shell import Shell, View
from handlers.messages import Text, Title, reply
from handlers.policy import Policy
from storage.keys import Keys


def page(shell: Shell, title: str, token: str, place: str, language: str = "vi") -> str:
    answer = reply(Title(text=title), Text(text="Nội dung"))
    return bytes(shell.page(View((answer,), language, place, token)).body).decode()


def test_what_is_kept_of_a_page_is_nothing_of_its_readers() -> None:
    shell = Shell(Assets(), Policy())
    first = page(shell, "Lan <1>", "token-of-lan", "/q/Q1")
    second = page(shell, "Minh", "token-of-minh", "/q/Q2")
    assert first.count('value="token-of-lan"') == 2
    assert '<form method="post" action="/q/Q1"' in first
    assert "<title>Lan &lt;1&gt; |" in first
    for mine in ("token-of-lan", "Lan", "/q/Q1"):
        assert mine not in second
    kept = repr(shell._frames._kept)
    for personal in ("token-of", "Lan", "Minh", "/q/"):
        assert personal not in kept
    assert len(shell._frames._kept) == 1
    assert 'lang="en"' in page(shell, "T", "t", "/chat", "en").partition("<head>")[0]


def test_what_looks_like_a_slot_is_shown_as_it_is() -> None:
    html = page(Shell(Assets(), Policy()), "\ue000token\ue000", "secret", "/chat")
    assert "<title>\ue000token\ue000 |" in html


ODD = [
    b"action=a&text=b+c%20%C4%83&token=",
    b"text=%ff%fe&text=second",
    b"text=\xc4\x83&%C4%83=1",
    b"text&action=x=y&&field=",
    b"text=%F0%9F%98%80%0D%0A%00",
    b"text=%zz%4",
    b"",
]


@pytest.mark.parametrize("body", ODD)
async def test_a_plain_form_means_what_the_library_reads_from_it(body: bytes) -> None:
    async def fields(kind: str) -> list[tuple[str, object]]:
        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}
        async with form_of(Request(scope, receive), max_files=1) as form:
            return list(form.multi_items())

    plain = "application/x-www-form-urlencoded"
    assert await fields(plain) == await fields(f"{plain}; charset=utf-8")


def test_tokens_that_were_packed_are_still_read() -> None:
    keys = Keys("a secret for tests, long enough to be one")
    signatures = Signatures(keys, https=False)
    packed = URLSafeTimedSerializer(keys.web_signing(), salt="3tn/cookie").dumps(
        ["a" * 80, "vi", 0]
    )
    assert packed.startswith("."), "the library packs what becomes shorter"
    assert signatures.read_cookie(packed) == Visitor("a" * 80, "vi")


def test_a_short_token_is_not_packed_and_a_long_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    signatures = Signatures(Keys("a secret for tests, long enough to be one"), https=False)
    short = new_form(Visitor("a" * 22), "rate/Q1/261116/1/5", "")
    written = signatures.write_form(short)
    assert signatures.read_form(written) == short
    long = new_form(Visitor("a" * 600), "rate/Q1/261116/1/5", "")
    assert len(signatures.write_form(long)) < 300
    assert signatures.read_form(signatures.write_form(long)) == long
    monkeypatch.setattr(zlib, "compress", None)
    assert signatures.read_form(signatures.write_form(short)) == short
