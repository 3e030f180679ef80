"""Which addresses Telegram accepts in buttons and links, and with what words it refuses others."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*):", re.ASCII)
_HOST = re.compile(r"^(?:[^/?#@]*@)?(\[[0-9A-Fa-f:.]+\]|[^/?#:]*)(?::(\d+))?(?=[/?#]|$)")
_OWN_SCHEMES = ("tg", "ton", "tonsite")


def link_problem(url: str, *, https_only: bool = False) -> str | None:
    """None when the address is fine, else the reason as the real server words it."""
    scheme = _SCHEME.match(url)
    name = scheme[1].lower() if scheme and not _is_host_with_port(url) else ""
    if name in _OWN_SCHEMES and not https_only:
        return None
    if name and name not in ("http", "https"):
        return "Unsupported URL protocol"
    if https_only and name != "https":
        return "Only HTTPS links are allowed"
    return _host_problem(re.sub(r"^https?:/*", "", url, flags=re.IGNORECASE))


def _is_host_with_port(url: str) -> bool:
    return re.match(r"^[^/?#:]+\.[^/?#:]+:\d+", url) is not None


def _host_problem(rest: str) -> str | None:
    found = _HOST.match(rest)
    if found is None:
        return "Wrong HTTP URL"
    host = found[1]
    if not host:
        return "URL host is empty"
    if re.search(r"[\s<>\"\\^`{|}]", host):
        return "Wrong HTTP URL"
    return None if "." in host or host.startswith("[") else "Wrong HTTP URL"
