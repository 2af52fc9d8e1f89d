"""Alembic's way in: always with a connection that `handoff.storage.schema` opened."""

from alembic import context
from sqlmodel import SQLModel

import handoff.storage.tables  # noqa: F401 - fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
)
with context.begin_transaction():
    context.run_migrations()
