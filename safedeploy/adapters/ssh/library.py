"""Loads paramiko without Invoke, which is a third of all the modules that it would load.

Paramiko runs a `Match exec` with it, in an ssh_config that it reads itself, and does without where it is not installed
(paramiko/config.py). Here `ssh -G` reads ssh_config.
"""

from __future__ import annotations

import sys
import threading

_lock = threading.Lock()


def load() -> None:
    """Load it, once; any thread may ask first."""
    with _lock:
        if "paramiko" in sys.modules or "invoke" in sys.modules:
            return
        # Ends an import with ImportError ("The import system", sys.modules).
        sys.modules["invoke"] = None  # type: ignore[assignment]
        try:
            import paramiko  # noqa: F401, PLC0415 - a tenth of a second that most commands do not need
        finally:
            del sys.modules["invoke"]
