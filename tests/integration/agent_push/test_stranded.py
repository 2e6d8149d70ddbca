"""The steps for hands bring a host back that nothing else does, as they are printed, by a shell alone."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from safedeploy_host import by_hand
from safedeploy_host.store import Store

from tests.integration.agent_push.conftest import Pushed
from tests.integration.agent_push.test_apache import GOOD

Json = dict[str, Any]
pytestmark = pytest.mark.apache
SHELL = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def sh(command: str, **more: Any) -> subprocess.CompletedProcess[str]:
    # Into files, because an httpd that a step starts would keep a pipe open.
    done = subprocess.run(
        ["/bin/sh", "-c", f"({command}\n) >$OUT 2>&1 </dev/null"], env={**SHELL, **more}, check=False, timeout=120
    )
    return subprocess.CompletedProcess(done.args, done.returncode, Path(more["OUT"]).read_text(), "")


@pytest.fixture
def stranded(pushed: Pushed) -> Pushed:
    """A host whose every configuration needs a file that safedeploy does not look after, and that has been deleted."""
    apache = pushed.apache
    (apache.root / "types").write_text("text/html html\n")
    apache.write("conf-enabled/types.conf", f"TypesConfig {apache.root}/types\n")
    good = pushed.push(GOOD, "aaaaaaaaaaaa")
    pushed.confirm(good["result"]["activation"])
    staged = pushed.stage({**GOOD, "etc/conf-available/more.conf": b"# more\n"}, "bbbbbbbbbbbb")
    assert staged["ok"], staged
    (apache.root / "types").unlink()
    request = {"run": "run", "actor": "ann", "release": "bbbbbbbbbbbb", "health": pushed.checks, "confirm_window": 60}
    pushed.failed = pushed.call("activate", token=pushed.token, **request)  # type: ignore[attr-defined]
    assert pushed.failed["error"]["code"] == "stranded", pushed.failed  # type: ignore[attr-defined]
    return pushed


def status(pushed: Pushed) -> subprocess.CompletedProcess[str]:
    state = pushed.apache.site["state_dir"]
    out = str(pushed.apache.root / "out")
    return sh(f"python3 -I -S {state}/agent/current status --state-dir {state}", OUT=out)


def test_the_printed_steps_bring_a_stranded_host_back(stranded: Pushed) -> None:
    apache = stranded.apache
    told = stranded.failed["error"]["detail"]["steps"]  # type: ignore[attr-defined]
    seen = status(stranded)
    assert seen.returncode == 7
    assert re.findall(r"^  \d+\. (.*)$", seen.stdout, re.MULTILINE) == told
    with pytest.raises(OSError, match="refused"):
        apache.get("/")
    # What was put back is damaged again meanwhile, and the cause is removed.
    (apache.etc / "conf-available/hello.conf").write_text("Nonsense, by hand\n")
    (apache.etc / "conf-enabled/hello.conf").unlink()
    (apache.root / "types").write_text("text/html html\n")

    done = [sh(step, OUT=str(apache.root / "out")) for step in told]

    assert done[-1].returncode == 0, done
    assert apache.get("/hello")[0] == 302
    assert (apache.etc / "conf-available/hello.conf").read_bytes() == GOOD["etc/conf-available/hello.conf"]
    assert (stranded.state()["stranded"], stranded.state()["current"]) == (None, "aaaaaaaaaaaa")
    kept = list(Path(apache.site["state_dir"], "by-hand").iterdir())
    assert [path.read_text() for path in kept] == ["Nonsense, by hand\n"]
    assert status(stranded).returncode == 0


def test_without_room_for_the_script_the_steps_themselves_do_it_all(stranded: Pushed) -> None:
    apache = stranded.apache
    script = Path(apache.site["state_dir"], "by-hand.sh")
    script.unlink()
    Path(f"{script}.new").mkdir()  # nothing can be written there
    for path in ("conf-available/hello.conf", "conf-enabled/hello.conf"):
        (apache.etc / path).unlink()
    record = stranded.state()["stranded"]["record"]
    told = by_hand.steps(Store(apache.site), record, 0.0)
    (apache.root / "types").write_text("text/html html\n")

    done = [sh(step, OUT=str(apache.root / "out")) for step in told]

    assert done[-1].returncode == 0, done
    assert apache.get("/hello")[0] == 302
    assert stranded.state()["stranded"] is None
