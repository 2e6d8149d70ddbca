"""Says that there can be no shadow here, and why."""

from __future__ import annotations


class NoNamespaces(OSError):  # noqa: N818 -- a limit of the machine that callers go on with, not a fault
    """No shadow was booted: the machine or the user lacks what one is made of. The candidate is not at fault."""
