"""Ansible's own start-up, once in a process, and silence while its code runs.

Ansible's Display writes to standard output and standard error; here neither must be touched, since JSON stands alone on
standard output. Ansible can send its messages to another process through a queue: the queue below is a list.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

from ansible import _internal
from ansible.plugins.loader import init_plugin_loader
from ansible.utils.display import Display

if TYPE_CHECKING:
    from collections.abc import Iterator

_internal.setup()
init_plugin_loader()


_SCRIPT = "Standard error from inventory script:\n"


class Messages:
    """What Ansible would have printed, oldest first, without duplicates."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def send_display(self, method: str, *args: Any, **_: Any) -> None:
        """Receive one message, as Ansible's worker queue would."""
        if method in {"_warning", "_error"} and args:
            text = _event_text(args[0].event)
        elif method == "system_warning" and args:
            text = str(args[0])
        else:  # verbose, debug and deprecation messages are for those who run Ansible itself
            return
        if text not in self.warnings:
            self.warnings.append(text)


def _event_text(event: Any) -> str:
    """Return the message with its causes, and what an inventory script said itself.

    The quoted source is left out: it may show a secret.
    """
    texts = [event.msg]
    while event.chain is not None and event.chain.follow:
        event = event.chain.event
        if event.msg not in texts[-1]:
            texts.append(event.msg)
        if (event.help_text or "").startswith(_SCRIPT):
            texts.append(event.help_text.removeprefix(_SCRIPT))
    return " ".join(text.strip() for text in texts)


@contextlib.contextmanager
def silence(messages: Messages) -> Iterator[Messages]:
    """Collect what Ansible has to say while the block runs; what plugins print goes to standard error."""
    display = Display()
    before = display._final_q  # noqa: SLF001 - set_queue() refuses to work outside of a worker process
    display._final_q = messages  # noqa: SLF001 - as above
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield messages
    finally:
        display._final_q = before  # noqa: SLF001 - as above
