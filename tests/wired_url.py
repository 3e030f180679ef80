"""A PostgreSQL database reached through a wire that a test can cut (tests.fakes.wire)."""

from sqlalchemy.engine import make_url

from tests.fakes.wire import Wire


def socket_of(url: str) -> str | int:
    """Where the server of this address listens."""
    parsed = make_url(url)
    folder = parsed.query.get("host")
    if isinstance(folder, str):
        return f"{folder}/.s.PGSQL.{parsed.port or 5432}"
    return parsed.port or 5432


def through(url: str, wire: Wire) -> str:
    """The same database through the wire."""
    parsed = make_url(url)
    rest = {name: value for name, value in parsed.query.items() if name != "host"}
    wired = parsed.set(host="127.0.0.1", port=wire.port, query=rest)
    return wired.render_as_string(hide_password=False)
