"""A dead-man has all that a revert needs before it says that it is ready: the disk may be gone later."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.agent_push.conftest import MODULE_UTILS, Pushed

pytestmark = pytest.mark.apache

# As the dead-man does it, without the wait; what is loaded after it is ready goes into a file.
REVERTS = """
import sys
sys.path.insert(0, sys.argv[1])
from safedeploy_host import deadman, program
from safedeploy_host.services import Services
from safedeploy_host.store import Store
store = Store.at(sys.argv[2])
activation = sys.argv[3]
services = Services(store.site)
deadman.importer.hold = lambda: None
deadman._say_armed()
ready = set(sys.modules)
deadman.window.ended = lambda *_: "it is over"
assert deadman._revert(store, services, activation)
import safedeploy_host.validators.reloading  # as where files of other services changed
later = sorted(name for name in set(sys.modules) - ready if not name.startswith("safedeploy_host"))
open(sys.argv[4], "w").write(" ".join(later))
"""


def test_a_revert_loads_nothing_of_python_after_the_dead_man_is_ready(pushed: Pushed, tmp_path: Path) -> None:
    good = pushed.push({"etc/conf-enabled/a.conf": b"# one\n"}, "a" * 12)
    pushed.confirm(good["result"]["activation"])
    activation = pushed.push({"etc/conf-enabled/a.conf": b"# two\n"}, "b" * 12)["result"]["activation"]
    os.kill(pushed.state()["pending"]["dead_man"]["pid"], signal.SIGKILL)
    words = [MODULE_UTILS, pushed.apache.site["state_dir"], activation, str(tmp_path / "later")]
    # Where the kernel gives no file without a name, another way to one is looked for, and loaded.
    environ = {**os.environ, "TMPDIR": "/dev/shm"}
    subprocess.run([sys.executable, "-I", "-S", "-c", REVERTS, *words], check=True, timeout=60, env=environ)
    assert pushed.state()["pending"] is None
    assert (pushed.apache.root / "etc/conf-enabled/a.conf").read_bytes() == b"# one\n"
    assert (tmp_path / "later").read_text() == ""
