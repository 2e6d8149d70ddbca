"""The status of httpd: what runs, since when, and whether it has loaded what lies on disk."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from safedeploy_host import loaded
from safedeploy_host.httpd import Httpd

from tests.apache_fixture import Apache, make_certificate

pytestmark = pytest.mark.apache

ROOT = Path(__file__).parents[3]


def status(apache: Apache) -> dict[str, object]:
    time.sleep(0.1)  # file and process times are only right to some hundredths of a second
    return Httpd(apache.site).status()


@pytest.fixture
def running(apache: Apache) -> Apache:
    time.sleep(0.1)
    apache.start()
    time.sleep(0.1)
    return apache


def test_a_running_server_that_has_loaded_what_is_there(running: Apache) -> None:
    found = status(running)

    assert found["binary"] == "/usr/sbin/apache2"
    assert str(found["version"]).startswith("2.4.")
    assert (found["installed"], found["running"], found["pid"]) == (True, True, running.pid)
    assert (found["loaded"], found["error"]) == (True, None)
    assert str(found["pid_start"]) <= str(found["loaded_at"])
    assert found == {**status(running)}, "and it is the same each time"


def test_a_stopped_server(apache: Apache) -> None:
    found = status(apache)

    assert (found["installed"], found["running"], found["pid"], found["loaded"]) == (True, False, None, None)
    assert found["reason"] == "httpd is not running"


def test_a_test_of_the_configuration_is_not_taken_for_the_server(running: Apache) -> None:
    httpd = running.site["httpd"]
    command = [httpd["binary"], "-f", httpd["main_config"], "-t", "-D", "DUMP_RUN_CFG"]
    with subprocess.Popen(command, env={**os.environ, **httpd["env"]}, stdout=subprocess.DEVNULL) as other:
        other.send_signal(signal.SIGSTOP)
        try:
            assert status(running)["pid"] == running.pid
            assert not Httpd(running.site).several()
        finally:
            other.send_signal(signal.SIGCONT)


def test_a_server_that_a_graceful_reload_has_started_is_the_server(apache: Apache) -> None:
    apache.control("graceful")
    try:
        assert status(apache)["running"] is True
    finally:
        apache.control("stop")


def test_a_host_without_httpd(apache: Apache) -> None:
    site = apache.site
    site["httpd"]["binary"] = "/nonexistent/httpd"

    found = Httpd(site).status()

    assert (found["installed"], found["running"], found["version"]) == (False, False, None)
    assert found["error"] == "no program /nonexistent/httpd"


def test_the_server_of_another_tree_is_not_ours(running: Apache) -> None:
    root = Path(tempfile.mkdtemp(prefix="apache-"))
    try:
        assert Httpd(Apache(root).site).status()["running"] is False
    finally:
        shutil.rmtree(root)


@pytest.mark.parametrize(
    "name", ["ports.conf", "apache2.conf", "envvars", "sites-available/www.example.test.conf", "conf-enabled/new.conf"]
)
def test_a_file_that_changed_since_the_load_is_named(running: Apache, name: str) -> None:
    running.write(name, (running.etc / name).read_text() if (running.etc / name).exists() else "")

    found = status(running)

    assert found["loaded"] is False
    assert name.partition("/")[2] in str(found["reason"])


def test_a_link_that_changed_is_named(running: Apache) -> None:
    running.link("sites-enabled/www.example.test.conf", "../sites-available/000-default.conf")

    assert status(running)["loaded"] is False


def test_a_renewed_certificate_that_was_not_loaded_is_named(apache: Apache) -> None:
    apache.add_tls_site("tls.example.test")
    time.sleep(0.1)
    apache.start()
    assert status(apache)["loaded"] is True

    make_certificate(apache.etc, "tls.example.test", ("tls.example.test",), 90)

    assert "tls.example.test.pem" in str(status(apache)["reason"])


def test_a_file_that_is_not_enabled_does_not_count(running: Apache) -> None:
    (running.etc / "sites-available/000-default.conf").write_text("x\n")

    assert status(running)["loaded"] is True


def test_a_removed_file_leaves_it_open_whether_all_is_loaded(running: Apache) -> None:
    (running.etc / "conf-enabled/charset.conf").unlink()

    found = status(running)

    assert found["loaded"] is None
    assert "conf-enabled" in str(found["reason"])


def test_a_reload_makes_it_loaded_again(running: Apache) -> None:
    before = status(running)
    running.write("conf-enabled/new.conf", "ServerTokens Prod\n")
    assert status(running)["loaded"] is False

    assert Httpd(running.site).reload()["ok"]

    after = status(running)
    assert (after["loaded"], after["pid_start"]) == (True, before["pid_start"])
    assert str(after["loaded_at"]) > str(before["loaded_at"])


def test_workers_that_come_later_do_not_hide_a_change(running: Apache) -> None:
    running.write("conf-enabled/new.conf", "ServerTokens Prod\n")
    time.sleep(0.1)
    old = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    for pid in old:
        os.kill(int(pid), signal.SIGKILL)
    deadline = time.monotonic() + 5
    while set(Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()) & set(old):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    running.wait_until_answering()

    assert status(running)["loaded"] is False


@pytest.fixture
def without_workers(running: Apache) -> Iterator[Apache]:
    """The workers have ended, and the parent starts no others before it is let go on."""
    assert running.pid
    workers = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    os.kill(running.pid, signal.SIGSTOP)
    try:
        for pid in workers:
            os.kill(int(pid), signal.SIGKILL)
        yield running
    finally:
        os.kill(running.pid, signal.SIGCONT)


def test_new_workers_are_waited_for_where_the_old_ones_have_just_ended(without_workers: Apache) -> None:
    assert without_workers.pid
    going_on = threading.Timer(0.2, os.kill, (without_workers.pid, signal.SIGCONT))
    going_on.start()

    found = status(without_workers)

    going_on.join()
    assert (found["loaded"], found["pid"]) == (True, without_workers.pid)


def test_of_a_server_that_stays_without_workers_it_cannot_be_told(without_workers: Apache, monkeypatch: Any) -> None:
    monkeypatch.setattr(loaded, "_GAP", 0.1)

    found = status(without_workers)

    assert (found["running"], found["loaded"], found["reason"]) == (True, None, "httpd runs without workers")


def test_it_works_on_a_configuration_that_httpd_refuses(running: Apache) -> None:
    running.write("apache2.conf", "Include nowhere/\n<Nonsense")

    found = status(running)

    assert (found["running"], found["pid"], found["loaded"]) == (True, running.pid, False)


UNPRIVILEGED = """
import json, shutil, sys, tempfile
from pathlib import Path
sys.path[:0] = sys.argv[1:]
from tests.private_apache import Apache, file_entry
from safedeploy_host import context
from safedeploy_host.httpd import Httpd
root = Path(tempfile.mkdtemp())
apache = Apache(root)
try:
    httpd = Httpd(apache.site)
    bad = b"Nonsense"
    entries = {str(apache.etc / "conf-enabled/x.conf"): file_entry(bad)}
    print(json.dumps({
        "before": httpd.status()["running"],
        "reload": [httpd.reload()["how"], httpd.reload()["how"]],
        "loaded": httpd.status()["loaded"],
        "refused": context.configtest(apache.site, entries, lambda _: bad),
        "passed": context.configtest(apache.site, {}, None),
        "served": apache.get("/"),
    }))
finally:
    apache.kill()
    shutil.rmtree(root)
"""


@pytest.mark.skipif(sys.version_info < (3, 9), reason="subprocess can change the user from Python 3.9 on")
def test_an_unprivileged_user_has_it_all_for_a_server_of_his_own(running: Apache) -> None:
    if os.geteuid() != 0:
        pytest.skip("the tests themselves run as such a user")
    # Not this Python, which may be at home where nobody else may look.
    command = ["/usr/bin/python3", "-c", UNPRIVILEGED, str(ROOT), str(ROOT / "playbooks/module_utils")]
    place = tempfile.mkdtemp()
    shutil.chown(place, "nobody")
    try:
        done = subprocess.run(
            command, user="nobody", group="nogroup", extra_groups=[], env={"TMPDIR": place}, cwd="/",
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        left = list(Path(place).iterdir())
        shutil.rmtree(place)
    if "No module named 'tests" in done.stderr:
        pytest.skip("another user cannot read this checkout")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["before"], found["reload"], found["loaded"]) == (False, ["start", "graceful"], True)
    assert (found["refused"]["ok"], found["passed"]["ok"]) == (False, True)
    assert found["served"][0] == 200
    assert left == []
