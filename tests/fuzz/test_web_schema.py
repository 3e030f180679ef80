"""Every address of the web app, by schemathesis: right and wrong requests, each with a right answer."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.generation.case import Case

from tests.bot.web_site import HOME, _Page
from tests.everything import often
from tests.fuzz.answers import Headers
from tests.fuzz.ground import Ground, ground
from tests.fuzz.web_schema import LIVE, routes, schema

_CHECKS = list(HealthCheck)
_CITIZEN, _SECRETARY, _MEMBER = "", "C1S", "C1M"
_COUNTED = {"cases": 0}


@pytest.fixture(scope="module")
def operations() -> Iterator[list[Any]]:
    found = schemathesis.openapi.from_dict(schema(ground().program.web))
    yield [each.ok() for each in found.get_all_operations()]
    print(f"\nschemathesis: {_COUNTED['cases']} cases")


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_address_answers_every_request_as_it_should(
    operations: list[Any], mode: GenerationMode
) -> None:
    here = ground()
    for operation in operations:

        @settings(
            max_examples=often(1, 120), deadline=None, suppress_health_check=_CHECKS, database=None
        )
        @given(operation.as_strategy(generation_mode=mode))
        def check(case: Case) -> None:
            _COUNTED["cases"] += 1
            who = (_CITIZEN, _SECRETARY, _MEMBER)[_COUNTED["cases"] % 3]
            _fill_in(here, case, who)
            asked = requests.Request(**_known(case)).prepare()
            headers = [(b"host", b"127.0.0.1:8080"), (b"cookie", here.cookie(who))]
            headers += [(_raw(name), _raw(value)) for name, value in asked.headers.items()]
            body = asked.body if isinstance(asked.body, bytes) else str(asked.body or "").encode()
            target = (asked.path_url or "/").encode("utf-8", "replace")
            here.does(lambda: here.asks(asked.method or "GET", target, headers, body))

        try:
            check()
        except Exception as error:
            if type(error).__name__ == "Unsatisfiable":  # nothing about it can be wrong
                continue
            error.add_note(f"at {operation.label}")
            raise
    here.survives()


def _fill_in(here: Ground, case: Case, who: str) -> None:
    """Put the token, a button and a field of the page itself where the form asks for them."""
    if not isinstance(case.body, dict) or LIVE not in map(str, case.body.values()):
        return
    path = urlsplit(case.formatted_path).path
    shown = path if path.startswith(("/q/", "/i/", "/s/", "/nhan")) else "/"
    headers: Headers = [(b"host", b"127.0.0.1:8080"), (b"cookie", here.cookie(who))]
    answer = here.does(lambda: here.asks("GET", shown.encode("utf-8", "replace"), headers))
    forms = (
        _Page(answer.text).forms if answer.header("content-type").startswith("text/html") else []
    )
    for form in forms:
        live = {**form.hidden, "action": next(iter(form.buttons.values()), "find")}
        for name, value in case.body.items():
            if value == LIVE and name in live:
                case.body[name] = live[name]


def _known(case: Case) -> dict[str, Any]:
    """What `requests` takes of it; of a body that is no form it makes none itself."""
    asked = case.as_transport_kwargs(base_url=HOME)
    return {name: value for name, value in asked.items() if name != "cookies"}


def _raw(text: str | bytes) -> bytes:
    """As it goes over the wire; no server hands such a header over with line breaks in it."""
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    return raw.translate(None, b"\r\n\x00")


def test_every_route_of_the_app_is_tried() -> None:
    app = ground().program.web
    paths = schema(app)["paths"]
    left = {each.path for each in routes(app)} - paths.keys()
    assert left <= {
        f"/{name}" for name in paths["/{command}"]["get"]["parameters"][0]["schema"]["enum"]
    }
