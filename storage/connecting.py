"""How the program connects to PostgreSQL: how long it waits, and what it asks of the server."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

# Of our own side: a server whose machine or network is gone is noticed within seconds.
PATIENCE: Mapping[str, int] = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,  # milliseconds
}
_POOL_TIMEOUT_S = 5  # never waited for: there are as many connections as threads


@dataclass(frozen=True)
class Terms:
    """Timeouts are in seconds, 0 for none. `direct_url` leads to the server itself where the url
    leads through a pooler such as pgbouncer, "" where it leads there anyway. `prepares`: whether
    statements are prepared; None: unless there is a pooler, as an old one mixes them up.
    `replica_url` leads to a copy from which exports are read, "" where there is none."""

    pool_size: int = 5
    statement_timeout: float = 30
    lock_timeout: float = 10
    # No statement of ours waits for a person: a connection idle in a transaction is a fault.
    idle_in_transaction_timeout: float = 60
    direct_url: str = ""
    replica_url: str = ""
    prepares: bool | None = None

    @property
    def pooled(self) -> bool:
        """Whether a pooler stands between us and the server: no setting outlives a transaction."""
        return bool(self.direct_url)

    def limits(self) -> dict[str, str]:
        """The server's settings, by name."""
        return {
            "statement_timeout": f"{self.statement_timeout:g}s",
            "lock_timeout": f"{self.lock_timeout:g}s",
            "idle_in_transaction_session_timeout": f"{self.idle_in_transaction_timeout:g}s",
        }


def refused_by_pooler(said: str) -> bool:
    """Whether an error is a pooler's that does not pass our settings on to the server."""
    return "unsupported startup parameter" in said


def postgresql_engine(url: URL, terms: Terms) -> Engine:
    """An engine on these terms; what the url itself asks for goes before them."""
    arguments: dict[str, object] = dict(PATIENCE)
    if not (terms.prepares if terms.prepares is not None else not terms.pooled):
        arguments["prepare_threshold"] = None
    if not terms.pooled:
        arguments["options"] = " ".join(
            f"-c {name}={value}" for name, value in terms.limits().items()
        )
    engine = create_engine(
        url,
        pool_size=terms.pool_size,
        max_overflow=2,
        pool_timeout=_POOL_TIMEOUT_S,
        pool_pre_ping=True,
        hide_parameters=True,  # an error must not quote what a citizen wrote
        connect_args={name: each for name, each in arguments.items() if name not in url.query},
    )
    if terms.pooled:  # a pooler refuses them when a connection begins, and shares it out anew
        limits = "; ".join(
            f"SET LOCAL {name} = '{value}'" for name, value in terms.limits().items()
        )

        @event.listens_for(engine, "begin")
        def limit(connection: Connection) -> None:
            connection.exec_driver_sql(limits)

    return engine
