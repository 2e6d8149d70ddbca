"""Hosts and their servers can be stopped, killed, cut off and booted again."""

from __future__ import annotations

import subprocess

import pytest

from safedeploy.core.errors import SafedeployError
from safedeploy.lab.health import Seen, look
from tests.integration.lab.requests_to import get

pytestmark = pytest.mark.lab
WELL = Seen(on=True, sshd=True, httpd=True, backend=True)


def test_a_reboot_keeps_the_files_and_starts_the_services(make_lab):
    lab = make_lab(hosts=2)
    before = lab.httpd_pid("web1"), lab.state.processes["web1"]
    changed = f"{lab.host('web1').layout.www_root}/html/index.html"
    lab.put("web1", changed, "changed before the reboot")
    lab.reboot("web1")
    assert lab.state.processes["web1"] != before[1]
    assert get(lab.host("web1"), "localhost").body == "changed before the reboot"
    assert look(lab) == {"web1": WELL, "web2": WELL}
    assert _ssh(lab, "web1") == 0


def test_up_boots_a_host_that_died_and_leaves_the_others(make_lab):
    lab = make_lab(hosts=2)
    other = lab.state.processes["web2"]
    lab.power_off("web1")
    assert look(lab) == {"web1": Seen(on=False, sshd=False, httpd=False, backend=False), "web2": WELL}
    again = type(lab).up(lab.name, 2)
    assert (again.started, again.state.processes["web2"]) == (False, other)
    assert look(lab) == {"web1": WELL, "web2": WELL}


def test_a_command_on_a_host_that_is_off_says_so(make_lab):
    lab = make_lab()
    lab.power_off("web1")
    with pytest.raises(SafedeployError) as caught:
        lab.exec("web1", ["true"])
    assert caught.value.code == "lab-host-off"


def test_apache_stops_starts_and_is_killed(lab):
    lab.stop_httpd("web3")
    assert (lab.httpd_pid("web3"), look(lab)["web3"].httpd) == (None, False)
    lab.start_httpd("web3")
    assert look(lab)["web3"] == WELL
    lab.kill_httpd("web3")
    assert (lab.httpd_pid("web3"), look(lab)["web3"].httpd) == (None, False)
    lab.start_httpd("web3")
    assert look(lab)["web3"] == WELL


def test_a_host_without_sshd_still_serves(lab):
    lab.kill_sshd("web3")
    assert (look(lab)["web3"].sshd, look(lab)["web3"].httpd) == (False, True)
    assert _ssh(lab, "web3") == 255
    lab.start_sshd("web3")
    assert _ssh(lab, "web3") == 0


def test_a_host_boots_though_its_apache_cannot_start(lab):
    lab.put("web3", f"{lab.host('web3').layout.server_root}/apache2.conf", "Nonsense on\n")
    lab.reboot("web3")
    assert look(lab)["web3"] == Seen(on=True, sshd=True, httpd=False, backend=False)
    lab.reset("web3")
    assert look(lab)["web3"] == WELL


def test_a_reset_host_is_byte_for_byte_what_it_was(lab):
    before, root = lab.snapshot("web3"), lab.host("web3").layout.server_root
    lab.put("web3", f"{root}/apache2.conf", "x")
    lab.put("web3", f"{root}/sites-enabled/extra.conf", "x")
    assert lab.snapshot("web3") != before
    lab.reset("web3")
    assert lab.snapshot("web3") == before
    assert _ssh(lab, "web3") == 0


def _ssh(lab, name):
    return subprocess.run(
        ["ssh", "-F", str(lab.ssh_config), name, "true"], capture_output=True, check=False, timeout=30
    ).returncode
