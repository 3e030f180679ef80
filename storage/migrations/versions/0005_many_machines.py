"""many machines: what bursts are counted by, what is kept of weeks, weekly figures by index."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tally_bursts()
    _keep_weeks()
    _count_by_index()


def downgrade() -> None:
    _count_by_rows()
    _forget_bursts()
    _drop_weeks()


_BEFORE, _COUNTED = ["unit_id", "day"], ["unit_id", "status", "level", "day"]
_OFTEN = {  # what a week wrote is seen to before the next: figures then read the index alone
    "autovacuum_vacuum_scale_factor": 0.005,
    "autovacuum_vacuum_threshold": 2000,
    "autovacuum_vacuum_insert_scale_factor": 0.005,
    "autovacuum_vacuum_insert_threshold": 2000,
    "autovacuum_analyze_scale_factor": 0.02,
}


def _count_by_index() -> None:
    """Figures are counted in an index: it holds all that they look at."""
    op.create_index(op.f(f"ix_rating_{'_'.join(_COUNTED)}"), "rating", _COUNTED)
    op.drop_index(op.f(f"ix_rating_{'_'.join(_BEFORE)}"), table_name="rating")
    if op.get_bind().dialect.name == "postgresql":
        settings = ", ".join(f"{name} = {value}" for name, value in _OFTEN.items())
        op.execute(f"ALTER TABLE rating SET ({settings})")


def _count_by_rows() -> None:
    op.create_index(op.f(f"ix_rating_{'_'.join(_BEFORE)}"), "rating", _BEFORE)
    op.drop_index(op.f(f"ix_rating_{'_'.join(_COUNTED)}"), table_name="rating")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE rating RESET ({', '.join(_OFTEN)})")


def _keep_weeks() -> None:
    """What stays of erased ratings: levels and reasons, counted apart."""
    for table, what in (
        ("week_count", sa.Column("level", sa.Integer(), autoincrement=False, nullable=False)),
        ("week_reason", sa.Column("reason", sa.String(), nullable=False)),
    ):
        op.create_table(
            table,
            sa.Column("monday", sa.Date(), nullable=False),
            sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
            what,
            sa.Column("n", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                ["unit_id"], ["unit.id"], name=op.f(f"fk_{table}_unit_id_unit")
            ),
            sa.PrimaryKeyConstraint("monday", "unit_id", what.name, name=op.f(f"pk_{table}")),
        )


def _drop_weeks() -> None:
    op.drop_table("week_reason")
    op.drop_table("week_count")


def _tally_bursts() -> None:
    """Counters of the last minutes, blinded; what is left out of figures is found at once."""
    op.create_table(
        "tally",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("now", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tally")),
        sqlite_with_rowid=False,
    )
    flagged = sa.text("status = 'flagged'")
    op.create_index(
        op.f("ix_rating_flagged"),
        "rating",
        ["unit_id", "day"],
        sqlite_where=flagged,
        postgresql_where=flagged,
    )


def _forget_bursts() -> None:
    op.drop_index(op.f("ix_rating_flagged"), table_name="rating")
    op.drop_table("tally")
