"""After a revert one httpd runs, on the configuration from before, whatever the new one did and however it ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from safedeploy_host import process, stopping

from tests.apache_fixture import free_port
from tests.integration.agent_push.conftest import Pushed
from tests.integration.agent_push.test_apache import GOOD

Json = dict[str, Any]
Change = Callable[[Pushed], dict[str, bytes | str]]
Damage = Callable[[Pushed], None]
pytestmark = pytest.mark.apache


def header(pushed: Pushed) -> dict[str, bytes | str]:
    return GOOD


def other_pid_file(pushed: Pushed) -> dict[str, bytes | str]:
    return {"etc/conf-enabled/pid.conf": f"PidFile {pushed.apache.root}/run/other.pid\n".encode()}


def pid_file_by_envvars(pushed: Pushed) -> dict[str, bytes | str]:
    text = (pushed.apache.etc / "envvars").read_text().replace("/run/apache2.pid", "/run/other.pid")
    return {"etc/envvars": text.encode()}


def other_port(pushed: Pushed) -> dict[str, bytes | str]:
    old, new = str(pushed.apache.port), str(free_port())
    pushed.new_ports.append(int(new))  # type: ignore[attr-defined]
    pushed.checks = [{"name": "www", "url": f"http://www.example.test:{new}/"}]
    site = (pushed.apache.etc / "sites-available/www.example.test.conf").read_text()
    return {
        "etc/ports.conf": f"Listen 127.0.0.1:{new}\n".encode(),
        "etc/sites-available/www.example.test.conf": site.replace(old, new).encode(),
    }


def other_mpm(pushed: Pushed) -> dict[str, bytes | str]:
    modules = pushed.apache.etc / "mods-available"
    return {
        "etc/mods-enabled/mpm_event.load": (modules / "mpm_prefork.load").read_bytes(),
        "etc/mods-enabled/mpm_event.conf": b"",
    }


def everything_moved(pushed: Pushed) -> dict[str, bytes | str]:
    return {**other_pid_file(pushed), **other_port(pushed), **other_mpm(pushed)}


def nothing(pushed: Pushed) -> None:
    """The new configuration runs, and is well."""


def killed(pushed: Pushed) -> None:
    """httpd's parent is killed; its workers are left alone on its ports."""
    (parent,) = process.parents(pushed.apache.site)
    os.kill(parent.pid, signal.SIGKILL)


def killed_whole(pushed: Pushed) -> None:
    pushed.apache.kill()


def does_not_parse(pushed: Pushed) -> None:
    pushed.apache.write("conf-enabled/zz.conf", "Nonsense\n")


def hangs(pushed: Pushed) -> None:
    (parent,) = process.parents(pushed.apache.site)
    for one in [parent, *process.children(parent, pushed.apache.site)]:
        os.kill(one.pid, signal.SIGSTOP)


def killed_and_does_not_parse(pushed: Pushed) -> None:
    killed(pushed)
    does_not_parse(pushed)


def second_one_started(pushed: Pushed) -> None:
    """Somebody tries the configuration with another PidFile and another port, and leaves that one running too."""
    apache = pushed.apache
    kept = {name: (apache.etc / name).read_text() for name in ("ports.conf", "conf-enabled/zz.conf")}
    port = free_port()
    pushed.new_ports.append(port)  # type: ignore[attr-defined]
    apache.write("ports.conf", f"Listen 127.0.0.1:{port}\n")
    apache.write("conf-enabled/zz.conf", f"PidFile {apache.root}/run/of-somebody.pid\n")
    assert apache.control("start").returncode == 0
    for name, text in kept.items():
        apache.write(name, text)
    assert len(process.parents(apache.site)) == 2


CHANGES = (header, other_pid_file, pid_file_by_envvars, other_port, other_mpm, everything_moved)
DAMAGES = (nothing, killed, killed_whole, does_not_parse, killed_and_does_not_parse, hangs, second_one_started)
# Each change and all but the slowest damage once; SAFEDEPLOY_ALL_REVERTS=1 tries every pair, in some minutes.
CHOSEN = [
    (header, killed),
    (other_pid_file, killed_whole),
    (pid_file_by_envvars, nothing),
    (other_port, does_not_parse),
    (other_mpm, nothing),
    (everything_moved, killed_and_does_not_parse),
    (other_port, second_one_started),
]
EVERY = [(change, damage) for change in CHANGES for damage in DAMAGES]


@pytest.mark.parametrize(("change", "damage"), EVERY if os.environ.get("SAFEDEPLOY_ALL_REVERTS") else CHOSEN)
def test_a_revert_ends_on_the_old_configuration_alone(pushed: Pushed, change: Change, damage: Damage) -> None:
    apache = pushed.apache
    pushed.new_ports = []  # type: ignore[attr-defined]  # which nothing may listen on at the end
    (apache.etc / "conf-enabled/zz.conf").write_text("# nothing\n")
    files = {"etc/conf-enabled/zz.conf": b"# something\n", **change(pushed)}
    before = apache.snapshot()
    staged = pushed.stage(files, "aaaaaaaaaaaa")
    assert staged["ok"], staged
    request = {"run": "run", "actor": "ann", "release": "aaaaaaaaaaaa", "health": pushed.checks, "confirm_window": 60}
    live = pushed.call("activate", token=pushed.token, allow_restart=True, **request)
    assert live["ok"], live
    damage(pushed)

    back = pushed.call("revert", token=pushed.token, **request, activation=live["result"]["activation"])

    assert back["ok"], back
    assert (back["result"]["went_to"], back["result"]["verified"]) == ("before", True)
    assert apache.snapshot() == before
    assert apache.get("/")[0] == 200
    (parent,) = process.parents(apache.site)
    assert parent.pid == apache.pid
    assert process.orphans(apache.site) == []
    assert not (apache.root / "run/other.pid").exists()
    for port in pushed.new_ports:  # type: ignore[attr-defined]
        with pytest.raises(OSError, match="refused"):
            apache.get("/", port=port)


def test_a_pid_file_of_another_living_program_is_left_alone(pushed: Pushed) -> None:
    other = pushed.apache.root / "run/other.pid"
    other.write_text(f"{os.getpid()}\n")
    assert stopping.clear_pid_files(pushed.apache.site, [str(other)]) == []
    assert other.exists()


def test_a_known_good_that_needs_what_is_gone_now_leads_further_back(pushed: Pushed) -> None:
    """Its digests are right; it names a file outside of management that somebody has deleted since."""
    types = pushed.apache.root / "types"
    types.write_text("text/html html\n")
    needing = {**GOOD, "etc/conf-enabled/types.conf": f"TypesConfig {types}\n".encode()}
    for files, release in ((GOOD, "aaaaaaaaaaaa"), (needing, "bbbbbbbbbbbb")):
        pushed.confirm(pushed.push(files, release)["result"]["activation"])
    assert pushed.stage({**needing, "etc/conf-enabled/more.conf": b"# more\n"}, "cccccccccccc")["ok"]
    types.unlink()

    request = {"run": "run", "actor": "ann", "release": "cccccccccccc", "health": pushed.checks, "confirm_window": 60}
    done = pushed.call("activate", token=pushed.token, **request)

    assert done["error"]["code"] == "reverted", done
    back = done["error"]["detail"]["revert"]
    assert (back["went_to"], back["release"], back["verified"]) == ("older", "aaaaaaaaaaaa", True)
    assert "Further back than usual" in done["error"]["state"]
    assert pushed.apache.get("/hello")[0] == 302
    assert not (pushed.apache.etc / "conf-enabled/types.conf").exists()
