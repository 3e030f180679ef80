"""Alembic's entry: migrate over the connection that storage.schema hands in."""

from alembic import context
from alembic.runtime.migration import MigrationInfo

from storage.tables import METADATA

told = context.config.attributes.get("told")


def _reached(ctx: object, step: MigrationInfo, heads: object, run_args: object) -> None:  # noqa: ARG001 - its callers name them
    if told is not None and step.up_revision_id is not None:
        told(step.up_revision_id)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
    on_version_apply=_reached,
)
with context.begin_transaction():
    context.run_migrations()
