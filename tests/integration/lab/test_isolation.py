"""A host can do what it likes with itself, and nothing to the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.lab.traces import tree

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("namespaces")]


def test_hosts_do_not_see_each_others_files_or_processes(lab):
    lab.put("web1", "/etc/apache2/only-here", "x")
    try:
        assert "/etc/apache2/only-here" not in lab.snapshot("web2")
    finally:
        lab.exec("web1", ["rm", "/etc/apache2/only-here"])
    seen = lab.exec("web1", ["sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"]).stdout.decode()
    assert "web1" in seen
    assert "web2" not in seen


@pytest.mark.parametrize("path", ["/usr/bin/x", "/x", "/opt/x", "/boot/x", "/srv/x", "/usr/local/bin/x"])
def test_a_host_cannot_write_what_is_the_machines(lab, path):
    done = lab.exec("web1", ["touch", path])
    assert (done.returncode, b"Read-only file system" in done.stderr) == (1, True)


@pytest.mark.parametrize("directory", ["/etc", "/var", "/root", "/home", "/tmp", "/run", "/dev/shm"])
def test_what_a_host_writes_stays_in_the_host(lab, directory):
    path = f"{directory}/written-by-a-lab-host"
    assert lab.exec("web1", ["touch", path]).returncode == 0
    assert not Path(path).exists()
    assert lab.exec("web1", ["rm", path]).returncode == 0


def test_a_host_has_no_way_out_of_the_lab(lab):
    routes = lab.exec("web1", ["ip", "-4", "route"]).stdout.decode().splitlines()
    assert len(routes) == 1
    assert "default" not in routes[0]
    assert lab.exec("web1", ["ip", "-6", "route", "show", "default"]).stdout == b""


def test_hosts_reach_one_another_by_name(lab):
    done = lab.exec("web1", ["curl", "-s", "http://web2.lab.test/"])
    assert b"served by web2" in done.stdout


def test_no_password_hash_of_the_machine_is_in_a_host(lab):
    lines = lab.exec("web1", ["cat", "/etc/shadow"]).stdout.decode().splitlines()
    assert [line.split(":")[0] for line in lines if line.split(":")[1] not in ("*", "!")] == ["operator"]


def test_the_machines_own_apache_is_never_touched(make_lab):
    before = [tree(Path(path)) for path in ("/etc/apache2", "/var/www", "/etc/ssh")]
    own = make_lab(hosts=1)
    own.put("web1", "/etc/apache2/apache2.conf", "broken")
    own.exec("web1", ["rm", "-rf", "/etc/apache2/mods-enabled", "/var/www", "/etc/ssh"])
    own.down()
    assert [tree(Path(path)) for path in ("/etc/apache2", "/var/www", "/etc/ssh")] == before
