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
    """Collects the errors of hosts, secrets masked already. Empty is false."""

    def __init__(self, inventory: str) -> None:
        self._inventory = inventory
        self._found: dict[str, tuple[SafedeployError, list[str]]] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, host: str, error: SafedeployError) -> None:
        """Add the error of a host."""
        self._found.setdefault(error.what, (error, []))[1].append(host)

    def error(self) -> SafedeployError:
        """Return one error for all; its code and next step are those of the first."""
        found = list(self._found.values())
        texts = [f"{self._inventory}: {hosts_text(hosts)}: {error.what}" for error, hosts in found[:SHOWN_ERRORS]]
        if len(found) > SHOWN_ERRORS:
            texts.append(f"and {len(found) - SHOWN_ERRORS} more errors")
        return _with_text(found[0][0], "\n".join(texts), found[0][0].next_step)


def masked(error: SafedeployError, secrets: Iterable[str]) -> SafedeployError:
    """Return the error with every secret in it hidden."""
    masker = Masker(secrets)
    return _with_text(error, masker.text(error.what), masker.text(error.next_step))


def hosts_text(hosts: Sequence[str]) -> str:
    """Return `host a`, or `hosts a, b, c and 4 more`."""
    shown = ", ".join(hosts[:SHOWN_HOSTS])
    more = f" and {len(hosts) - SHOWN_HOSTS} more" if len(hosts) > SHOWN_HOSTS else ""
    return f"{'host' if len(hosts) == 1 else 'hosts'} {shown}{more}"


def _with_text(error: SafedeployError, what: str, next_step: str) -> SafedeployError:
    return SafedeployError(error.code, what, next_step=next_step, state=error.state, exit_code=error.exit_code)
