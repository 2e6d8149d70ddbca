"""What Alembic runs for every upgrade: within the transaction of the connection that it is given."""

from alembic import context

from safedeploy.adapters.history.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
context.run_migrations()
