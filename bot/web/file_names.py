"""Names of files as they go out: none that a system takes for a folder."""

from urllib.parse import quote

_LONGEST = 80
_SPECIAL = '/\\:*?"<>|'


def quoted_name(name: str) -> str:
    """A file's name for a header (RFC 8187) or an address; its ending is kept."""
    kept = "".join(sign for sign in name if sign.isprintable() and sign not in _SPECIAL)
    return quote(kept.strip(" .")[-_LONGEST:] or "file", safe="")
