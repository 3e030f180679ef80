"""The addresses of the web app as OpenAPI, made from its own routes: what schemathesis tries."""

import re
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from starlette.routing import Route

from handlers.typed_input import COMMANDS

LIVE = "{of the page}"  # in a form: what the page it belongs to has there
_TEXT = {"type": "string", "maxLength": 80}
_FORM: dict[str, Any] = {
    "token": {"anyOf": [{"enum": [LIVE]}, {"enum": [LIVE]}, _TEXT]},
    "action": {"anyOf": [{"enum": [LIVE, "find", "search", "code", "start", "to/en"]}, _TEXT]},
    "text": {"type": "string", "maxLength": 300},
    "field": {"anyOf": [{"enum": ["search", "code", LIVE]}, _TEXT]},
    "document": _TEXT,
    "message": _TEXT,
    "key": {"type": "array", "items": _TEXT, "maxItems": 3},
    "done": _TEXT,
}
_HEADERS: dict[str, Any] = {
    "accept-language": {"anyOf": [{"enum": ["vi", "en;q=0.8,vi;q=0.9", "*"]}, _TEXT]},
    "origin": {"enum": ["http://127.0.0.1:8080", "null", "https://example.com"]},
    "sec-fetch-site": {"enum": ["same-origin", "cross-site", "none"]},
    "if-none-match": _TEXT,
    "range": {"enum": ["bytes=0-", "bytes=5-1"]},
}
_KNOWN = {
    "desk": ["QC11", "qc11", "QA1", "ZZ9"],
    "token": ["x" * 22],
    "payload": ["QC11-abcdefghij234567"],
    "channel": ["telegram", "zalo-bot", "zalo-oa", "web"],
    "name": ["page.css", "page.js", "a.png"],
}
_NAMED = re.compile(r"\{(\w+)(?::\w+)?\}")


def schema(app: FastAPI) -> dict[str, Any]:
    """One operation for each address and method; the commands, which are alike, share one."""
    commands = {f"/{name}" for name in COMMANDS}
    paths: dict[str, Any] = {}
    for route in routes(app):
        if route.path in commands:
            continue
        for method in sorted(route.methods or ()):
            paths.setdefault(route.path, {})[method.lower()] = _operation(route.path, method)
    command = _operation("/{command}", "GET")
    command["parameters"][0]["schema"] = {"enum": sorted(COMMANDS)}
    paths["/{command}"] = {"get": command}
    return {"openapi": "3.0.2", "info": {"title": "web", "version": "1"}, "paths": paths}


def routes(app: FastAPI) -> Iterable[Route]:
    """The app's own."""
    return [each for each in app.router.routes if isinstance(each, Route)]


def _operation(path: str, method: str) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _part(name)}
        for name in _NAMED.findall(path)
    ]
    parameters += [
        {"name": name, "in": "header", "schema": each} for name, each in _HEADERS.items()
    ]
    parameters.append({"name": "kiosk", "in": "query", "schema": _TEXT})
    operation: dict[str, Any] = {
        "parameters": parameters,
        "responses": {"200": {"description": "a page"}},
    }
    if method == "POST":
        operation["requestBody"] = {"content": _hook() if path.startswith("/hooks") else _form()}
    return operation


def _part(name: str) -> dict[str, Any]:
    anything = {"type": "string", "minLength": 1, "maxLength": 60}
    return {"anyOf": [{"enum": _KNOWN[name]}, anything]} if name in _KNOWN else anything


def _form() -> dict[str, Any]:
    plain = {"type": "object", "properties": _FORM, "required": ["token", "action"]}
    file = {"type": "string", "format": "binary"}
    filed = {**plain, "properties": {**_FORM, "file": file}}
    return {
        "application/x-www-form-urlencoded": {"schema": plain},
        "multipart/form-data": {"schema": filed},
    }


def _hook() -> dict[str, Any]:
    anything = {"type": "object", "properties": {"update_id": {"type": "integer"}, "message": {}}}
    return {"application/json": {"schema": anything}}
