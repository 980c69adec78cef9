"""Alembic's entry: runs the versions on the connection that db.migrate hands over."""

from alembic import context
from sqlmodel import SQLModel

import db.models  # noqa: F401


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
