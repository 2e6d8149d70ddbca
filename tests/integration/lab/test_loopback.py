"""The lab of a user without privileges: the same sites and logins on ports of 127.0.0.1."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from safedeploy.lab.health import Seen, look
from tests.integration.lab.ordinary_user import ordinary_user
from tests.integration.lab.requests_to import get, get_secure
from tests.integration.lab.traces import processes

pytestmark = pytest.mark.lab

UP = """
import json, sys
from safedeploy.lab import Lab
lab = Lab.up("visit", 2)
host = lab.hosts[0]
print(json.dumps({"mode": lab.state.mode, "reason": lab.state.reason, "directory": str(lab.directory),
                  "hosts": [host.to_json() for host in lab.hosts]}))
"""
DOWN = 'from safedeploy.lab import Lab; print(Lab.remove("visit"))'


@pytest.fixture(scope="module")
def visitor():
    version = subprocess.run(
        ["/usr/bin/python3", "-c", "import sys; print(sys.version_info >= (3, 11))"], capture_output=True, check=False
    )
    if os.getuid() == 0 and version.stdout != b"True\n":
        pytest.skip("the system's Python is too old to run the lab, and ours may be closed to other users")
    with ordinary_user() as user:
        yield user


@pytest.fixture(scope="module")
def visit(visitor):
    """A lab of two hosts that an ordinary user has started, as that user sees it."""
    try:
        yield json.loads(visitor.run(UP))
    finally:
        visitor.run(DOWN)


@pytest.fixture
def hosts(visit):
    from safedeploy.lab import LabHost  # noqa: PLC0415

    return [LabHost.from_json(host) for host in visit["hosts"]]


def test_auto_falls_back_to_loopback_and_says_why(visit):
    assert (visit["mode"], visit["reason"]) == (
        "loopback",
        "no namespaces: it takes root, and this is an ordinary user",
    )


def test_all_sites_answer_on_every_host(visit, hosts):
    trusting = type("Trusting", (), {"certificate": Path(visit["directory"]) / "lab.pem"})
    for host in hosts:
        assert f"served by {host.name}<" in get(host, "app.lab.test", "/item/3").body
        assert f'"host": "{host.name}"' in get(host, "api.lab.test", "/v1").body
        assert f"served by {host.name}<" in get_secure(trusting, host, "www.lab.test").body
        assert get(host, "www.lab.test", "/a").location == f"https://www.lab.test:{host.https_port}/a"


def test_another_certificate_is_not_trusted(visit, hosts, lab):
    with pytest.raises(ssl.SSLCertVerificationError):
        get_secure(lab, hosts[0], "www.lab.test")


def test_ssh_enters_with_the_host_key_checked_and_finds_this_hosts_apache(visitor, visit):
    config = f"{visit['directory']}/ssh_config"
    said = visitor.command(["ssh", "-F", config, "web2", "apache2ctl -S 2>&1; echo $SAFEDEPLOY_LAB_HOST"])
    assert f"{visit['directory']}/hosts/web2/etc/apache2/sites-enabled/app.conf" in said
    refused = ["ssh", "-F", config, "-o", "UserKnownHostsFile=/dev/null", "web2", "true"]
    with pytest.raises(AssertionError, match="Host key verification failed"):
        visitor.command(refused)


def test_everything_runs_as_that_user_and_below_its_home(visitor, visit):
    own = visitor.processes()
    for program in ("sshd", "apache2", "backend.py"):
        assert any(program in words for words in own)
    assert visit["directory"] == f"{visitor.home}/.local/state/safedeploy/lab/visit"


def test_a_host_reboots_and_the_other_goes_on(visitor, visit, hosts):
    program = """
from safedeploy.lab import Lab
lab = Lab.load("visit")
before = {name: {process.pid for process in lab.ground.processes(name)} for name in ("web1", "web2")}
lab.stop_httpd("web1"); assert lab.httpd_pid("web1") is None; assert lab.httpd_pid("web2")
lab.start_httpd("web1"); assert lab.httpd_pid("web1")
lab.put("web1", lab.host("web1").layout.server_root + "/apache2.conf", "x"); lab.reset("web1")
lab.kill_sshd("web1"); lab.start_sshd("web1")
lab.reboot("web1")
after = {name: {process.pid for process in lab.ground.processes(name)} for name in ("web1", "web2")}
assert not before["web1"] & after["web1"]; assert before["web2"] == after["web2"]
"""
    visitor.run(program)
    assert [get(host, "app.lab.test").status for host in hosts] == [200, 200]


def test_down_finds_every_process_though_parts_of_the_lab_were_killed(visitor):
    program = UP.replace('"visit"', '"ruin"')
    directory = Path(json.loads(visitor.run(program))["directory"])
    detached = f"ssh -F {directory}/ssh_config web1 'setsid sleep 600 >/dev/null 2>&1 &'"
    visitor.command(["sh", "-c", detached])
    for words in processes(directory):
        if "sshd:" in words or "backend.py web1" in words:
            os.kill(int(words.split()[0]), signal.SIGKILL)
    assert [words for words in visitor.processes() if "sleep 600" in words]
    (directory / "lab.json").write_text("not json")
    visitor.run(DOWN.replace("visit", "ruin"))
    assert processes(directory) == []
    assert [words for words in visitor.processes() if "sleep 600" in words] == []
    assert not directory.exists()


def test_down_leaves_nothing_of_the_user(visitor, visit):
    """The last one: it takes the lab of this module down."""
    visitor.run(DOWN)
    assert visitor.processes() == []
    assert not (visitor.home / ".local/state/safedeploy").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be a root without privileges")
def test_root_without_the_privilege_for_namespaces_falls_back_too(tmp_path):
    before = set(Path("/var/tmp").iterdir())
    program = """
from safedeploy.lab import Lab
from safedeploy.lab.health import look
lab = Lab.up("weak", 1)
print(lab.state.mode, look(lab)["web1"])
(lab.directory / "lab.json").write_text("damaged")
lab.down()
"""
    done = subprocess.run(
        ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-all", sys.executable, "-c", program],
        env={**os.environ, "SAFEDEPLOY_LAB_DIR": str(tmp_path)},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.stdout.strip() == f"loopback {Seen(on=True, sshd=True, httpd=True, backend=True)}", done.stderr
    assert set(Path("/var/tmp").iterdir()) - before == set()
    assert list(tmp_path.iterdir()) == []


def test_loopback_can_be_asked_for(make_lab):
    lab = make_lab(hosts=1, mode="loopback")
    assert (lab.state.mode, lab.state.reason) == ("loopback", "asked for")
    assert look(lab)["web1"] == Seen(on=True, sshd=True, httpd=True, backend=True)
