"""What people do without safedeploy, on a host that may be spoilt: configtest, graceful, a look at the front page."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from .corpus import Case
from .hosts import BenchHost

# What graceful needs to replace the workers; an error in a child shows only then.
SETTLING = 1.3
FRONT_PAGE = {"host": "localhost", "path": "/", "dst": "127.0.0.1"}


@dataclass(frozen=True, kw_only=True)
class Plain:
    """Whether configtest refused; whether configtest, graceful or the front page showed that something is wrong."""

    configtest: bool
    front_page: bool


def try_out(host: BenchHost, case: Case, tree: Path) -> Plain:
    """Lay the case over the live files of a host that was reset, and do it."""
    host.lay(tree)
    if host.run(["apache2ctl", "configtest"]).returncode:
        return Plain(configtest=True, front_page=True)
    failed = bool(host.run(["apache2ctl", "graceful"]).returncode)
    time.sleep(SETTLING)
    if case.host_state.get("backend_down"):
        host.stop_application()
    (status,) = host.visit([FRONT_PAGE])
    return Plain(configtest=False, front_page=failed or status is None or status >= 400)
