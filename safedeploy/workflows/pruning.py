"""Keep the history as long as the settings say: runs do so themselves, once a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from safedeploy.core.policy import Policy

if TYPE_CHECKING:
    from safedeploy.adapters.history.store import Store


def prune_if_due(store: Store, policy: Policy) -> None:
    """Forget what is too old, unless that was done within the last day. Raises StoreError."""
    from safedeploy.adapters.history import prune as stored  # noqa: PLC0415 - a database library takes a moment

    now = datetime.now(UTC)
    with store.writing() as connection:
        if stored.due(connection, policy.project, policy.environment, now):
            before = now - timedelta(days=policy.history.keep)
            stored.prune(connection, policy.project, policy.environment, before)


def prune(store: Store, policy: Policy) -> int:
    """Forget what is too old, now; how many runs. Raises StoreError."""
    from safedeploy.adapters.history import prune as stored  # noqa: PLC0415 - as above

    before = datetime.now(UTC) - timedelta(days=policy.history.keep)
    with store.writing() as connection:
        return stored.prune(connection, policy.project, policy.environment, before)
