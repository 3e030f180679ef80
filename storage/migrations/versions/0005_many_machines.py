"""many machines: what bursts are counted by, what is kept of weeks, weekly figures by index."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
