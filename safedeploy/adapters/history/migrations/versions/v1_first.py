"""The first tables: runs, their events and documents, the trees of hosts, the texts of files, open alerts."""

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make them."""
    _make_runs()
    _make_files()
    _make_alerts()


def _make_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run", sa.String(), primary_key=True),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended", MOMENT),
        sa.Column("exit_code", sa.Integer()),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("release", sa.String()),
        sa.Column("commit", sa.String()),
        sa.Column("branch", sa.String()),
        sa.Column("dirty", sa.Boolean()),
        sa.Column("made", sa.String(), nullable=False),
    )
    op.create_index("runs_by_time", "runs", ["project", "environment", "started"])
    op.create_table(
        "events",
        sa.Column("run", sa.String(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("host", sa.String()),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
    )
    op.create_index("events_by_host", "events", ["host", "run"])
    op.create_table(
        "documents",
        sa.Column("run", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )


def _make_files() -> None:
    op.create_table(
        "host_trees",
        sa.Column("run", sa.String(), primary_key=True),
        sa.Column("host", sa.String(), primary_key=True),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("end", sa.String(), nullable=False),
        sa.Column("release", sa.String()),
        sa.Column("tree", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("before_release", sa.String()),
    )
    op.create_index("host_trees_by_host", "host_trees", ["project", "environment", "host", "at"])
    op.create_table(
        "trees",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "changes",
        sa.Column("run", sa.String(), primary_key=True),
        sa.Column("host", sa.String(), primary_key=True),
        sa.Column("path", sa.String(), primary_key=True),
    )
    op.create_index("changes_by_path", "changes", ["path", "run"])
    op.create_table(
        "texts",
        sa.Column("project", sa.String(), primary_key=True),
        sa.Column("environment", sa.String(), primary_key=True),
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )


def _make_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("project", sa.String(), primary_key=True),
        sa.Column("environment", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("last_sent_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("run", sa.String()),
    )
    op.create_table("marks", sa.Column("name", sa.String(), primary_key=True), sa.Column("at", MOMENT, nullable=False))
