"""messengers that limit: held messages, preferred chats, quotas, tokens, files to fetch."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INDEXES_BEFORE = (["channel", "chat", "id"], ["channel", "lane", "id"])
_INDEXES = (["channel", "held", "lane", "id"], ["chat", "channel", "held", "lane"])


def upgrade() -> None:
    op.create_table(
        "monthly_count",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "month", name=op.f("pk_monthly_count")),
    )
    op.create_table(
        "shut_door",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_shut_door")),
    )
    op.create_table(
        "oa_token",
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("refresh", sa.String(), nullable=False),
        sa.Column("obtained", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused", sa.DateTime(timezone=True), nullable=True),
        sa.Column("api", sa.String(), nullable=False),
        sa.CheckConstraint("api IN ('v2', 'v3')", name=op.f("ck_oa_token_api")),
        sa.PrimaryKeyConstraint("app", name=op.f("pk_oa_token")),
    )
    op.create_table(
        "shared_file",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_shared_file")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_shared_file_expires"), "shared_file", ["expires"])
    no = sa.false()
    # No batch: SQLite adds a column in place, and a batch would make the tables anew.
    op.add_column("outbox", sa.Column("held", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("outbox", sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    for columns in _INDEXES_BEFORE:
        op.drop_index(_name(columns), table_name="outbox")
    for columns in _INDEXES:
        op.create_index(_name(columns), "outbox", columns)
    op.add_column("link", sa.Column("preferred", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("link", sa.Column("heard", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for columns in _INDEXES:
        op.drop_index(_name(columns), table_name="outbox")
    for columns in _INDEXES_BEFORE:
        op.create_index(_name(columns), "outbox", columns)
    for table, added in (("link", ("heard", "preferred")), ("outbox", ("until", "held"))):
        for column in added:
            op.drop_column(table, column)
    op.drop_table("shared_file")
    op.drop_table("oa_token")
    op.drop_table("shut_door")
    op.drop_table("monthly_count")


def _name(columns: list[str]) -> str:
    return op.f(f"ix_outbox_{'_'.join(columns)}")
