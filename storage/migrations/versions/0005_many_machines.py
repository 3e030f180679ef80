"""many machines: what bursts are counted by, what is kept of weeks, weekly figures by index."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _keep_weeks()


def downgrade() -> None:
    _drop_weeks()


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
