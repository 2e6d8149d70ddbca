"""Errors of many hosts as one: equal ones are told once, with the hosts they concern. Secrets are masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from safedeploy.core.errors import SafedeployError
from safedeploy.core.masking import Masker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN_ERRORS = 5
SHOWN_HOSTS = 3


class Failures:
    """Collects the errors of hosts."""

    def __init__(self, inventory: str, secrets: Iterable[str]) -> None:
        self._inventory = inventory
        self._masker = Masker(secrets)
        self._found: dict[str, tuple[SafedeployError, list[str]]] = {}

    def add(self, host: str, error: SafedeployError) -> None:
        """Add the error of a host."""
        self._found.setdefault(error.what, (error, []))[1].append(host)

    def raise_any(self) -> None:
        """Raise one error for all that were added; nothing when there is none."""
        if not self._found:
            return
        found = list(self._found.values())
        texts = [f"{self._inventory}: {hosts_text(hosts)}: {error.what}" for error, hosts in found[:SHOWN_ERRORS]]
        if len(found) > SHOWN_ERRORS:
            texts.append(f"and {len(found) - SHOWN_ERRORS} more errors")
        first = found[0][0]
        raise _masked(first, "\n".join(texts), self._masker) from first


def on_host(error: SafedeployError, inventory: str, host: str, secrets: Iterable[str]) -> SafedeployError:
    """Return the error of a single host."""
    return _masked(error, f"{inventory}: host {host}: {error.what}", Masker(secrets))


def hosts_text(hosts: Sequence[str]) -> str:
    """Return `host a`, or `hosts a, b, c and 4 more`."""
    shown = ", ".join(hosts[:SHOWN_HOSTS])
    more = f" and {len(hosts) - SHOWN_HOSTS} more" if len(hosts) > SHOWN_HOSTS else ""
    return f"{'host' if len(hosts) == 1 else 'hosts'} {shown}{more}"


def _masked(error: SafedeployError, what: str, masker: Masker) -> SafedeployError:
    return SafedeployError(
        error.code,
        masker.text(what),
        next_step=masker.text(error.next_step),
        state=error.state,
        exit_code=error.exit_code,
    )
