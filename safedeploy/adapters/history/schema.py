"""The version of the tables: made, brought up to date, or refused when a newer safedeploy has made them.

Two first writers at once do not collide: who comes second waits, and finds the work done. The scripts are Alembic's, in
`migrations/`; it is imported only when there is something to do.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from safedeploy.adapters.history.place import StoreError

REVISIONS = ("1",)
"""Every version that this program knows, the oldest first."""

_LOCK = 7_235_419_000_000_001
_SCRIPTS = Path(__file__).with_name("migrations")


def version(connection: Connection) -> str | None:
    """The version of the tables; None for a database without them."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def is_current(connection: Connection) -> bool:
    """Whether the tables are as this program has them. Raises StoreError when they are newer."""
    found = version(connection)
    if found is not None and found not in REVISIONS:
        raise StoreError(
            f"its tables are of version {found}, which a newer safedeploy has made; this one knows {REVISIONS[-1]}: "
            "update safedeploy on this machine"
        )
    return found == REVISIONS[-1]


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables of the newest version, within the connection's transaction. Raises StoreError as above."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if not is_current(connection):
        upgrade(connection, REVISIONS[-1])


def upgrade(connection: Connection, to: str) -> None:
    """Run the scripts up to a version."""
    from alembic import command  # noqa: PLC0415 - only a database of another version needs it
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
