"""an organisation over time: past units and roles, audit, reports, settings of units."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_REFUSED = "audit rows are never changed"
_SQLITE = [
    f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    for verb in ("UPDATE", "DELETE")
]
# INSERT OR REPLACE deletes without asking the triggers; -1 stands for a number yet to come.
_SQLITE.append(
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit "
    "WHEN NEW.id <> -1 AND NEW.id <= (SELECT coalesce(max(id), 0) FROM audit) "
    "BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END"
)
_POSTGRESQL = [
    (
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
    ),
    (
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    ),
]


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_audit_actor_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_audit_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "membership_past",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_membership_past_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_membership_past_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_past")),
    )
    with op.batch_alter_table("membership_past", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_membership_past_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_membership_past_unit_id_until"), ["unit_id", "until"], unique=False
        )

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("narrative", sa.String(), nullable=False),
        sa.Column("figures", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('month', 'quarter', 'half', 'year')", name=op.f("ck_report_kind")
        ),
        sa.CheckConstraint("status IN ('draft', 'approved')", name=op.f("ck_report_status")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_report_approved_by_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint(
            "unit_id",
            "kind",
            "first",
            "revision",
            name=op.f("uq_report_unit_id_kind_first_revision"),
        ),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "role_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["giver_id"], ["person.id"], name=op.f("fk_role_offer_giver_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["person.id"], name=op.f("fk_role_offer_successor_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_offer_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_offer")),
        sa.UniqueConstraint("unit_id", "giver_id", name=op.f("uq_role_offer_unit_id_giver_id")),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "unit_past",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("pilot", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["unit.id"], name=op.f("fk_unit_past_parent_id_unit")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_past_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_past")),
    )
    with op.batch_alter_table("unit_past", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_past_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "unit_setting",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("cut_off", sa.Integer(), nullable=True),
        sa.Column("symbol", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("signer_title", sa.String(), nullable=True),
        sa.Column("signer_name", sa.String(), nullable=True),
        sa.Column("recipients", sa.String(), nullable=True),
        sa.Column("saturday", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_unit_setting_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_unit_setting")),
    )
    op.create_table(
        "disputed_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined')", name=op.f("ck_disputed_day_state")
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desk.id"], name=op.f("fk_disputed_day_desk_id_desk")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_disputed_day_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputed_day")),
        sa.UniqueConstraint(
            "person_id", "desk_id", "day", name=op.f("uq_disputed_day_person_id_desk_id_day")
        ),
    )
    with op.batch_alter_table("disputed_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disputed_day_person_id"), ["person_id"], unique=False)

    op.create_table(
        "improvement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_improvement_unit_id_unit")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_improvement_desk_id_desk")),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["improvement.id"],
            name=op.f("fk_improvement_replaces_id_improvement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement")),
    )
    with op.batch_alter_table("improvement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_improvement_desk_id"), ["desk_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_improvement_unit_id"), ["unit_id"], unique=False)

    with op.batch_alter_table("desk", schema=None) as batch_op:
        batch_op.add_column(sa.Column("until", sa.Date(), nullable=True))

    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("origin", sa.String(), nullable=False, server_default="roster")
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_duty_origin"), "origin IN ('roster', 'chat')"
        )
        batch_op.add_column(sa.Column("lapses", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_duty_lapses"), ["lapses"], unique=False)

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since", sa.Date(), nullable=True))

    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_unit_merged_into_id_unit"), "unit", ["merged_into_id"], ["id"]
        )
    for statement in _POSTGRESQL if _on_postgresql() else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    postgresql = _on_postgresql()
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_unit_merged_into_id_unit"), type_="foreignkey")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("until")
        batch_op.drop_column("since")

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_column("since")

    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_lapses"))
        batch_op.drop_column("lapses")
        batch_op.drop_constraint(batch_op.f("ck_duty_origin"), type_="check")
        batch_op.drop_column("origin")

    with op.batch_alter_table("desk", schema=None) as batch_op:
        batch_op.drop_column("until")

    with op.batch_alter_table("improvement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_improvement_unit_id"))
        batch_op.drop_index(batch_op.f("ix_improvement_desk_id"))

    op.drop_table("improvement")
    with op.batch_alter_table("disputed_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disputed_day_person_id"))

    op.drop_table("disputed_day")
    op.drop_table("unit_setting")
    with op.batch_alter_table("unit_past", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_past_unit_id"))

    op.drop_table("unit_past")
    op.drop_table("role_offer")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_unit_id"))

    op.drop_table("report")
    with op.batch_alter_table("membership_past", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_past_unit_id_until"))
        batch_op.drop_index(batch_op.f("ix_membership_past_person_id"))

    op.drop_table("membership_past")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_unit_id"))
        batch_op.drop_index(batch_op.f("ix_audit_at"))

    op.drop_table("audit")
    if postgresql:
        op.execute("DROP FUNCTION audit_refuse()")
