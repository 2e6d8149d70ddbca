"""Reloading: what is loaded is proved, what dies is noticed quickly, and what is repaired comes back."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from safedeploy_host.httpd import Httpd

from tests.apache_fixture import Apache, free_port, make_certificate

pytestmark = pytest.mark.apache


def children(apache: Apache) -> list[str]:
    return Path(f"/proc/{apache.pid}/task/{apache.pid}/children").read_text().split()


@pytest.fixture
def running(apache: Apache) -> Apache:
    apache.start()
    return apache


def test_a_graceful_reload_keeps_the_parent_and_serves_the_new_configuration(running: Apache) -> None:
    parent = running.pid
    running.write("conf-enabled/new.conf", "Redirect 302 /old http://elsewhere.test/\n")

    result = Httpd(running.site).reload()

    assert result["ok"], result
    assert (result["how"], result["pid"]) == ("graceful", parent)
    assert f"parent {parent} kept" in result["proof"]
    assert "old workers replaced" in result["proof"]
    assert "the error log says that it has resumed" in result["proof"]
    assert running.get("/old")[0] == 302


@pytest.mark.parametrize("mpm", ["mpm_worker", "mpm_prefork"])
def test_the_load_is_proved_with_the_other_mpms_too(apache: Apache, mpm: str) -> None:
    apache.disable("mpm_event")
    apache.enable(mpm)
    apache.start()

    result = Httpd(apache.site).reload()

    assert result["ok"], result
    assert "old workers replaced" in result["proof"]


ASK = """
import http.client, sys
while True:
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": "www.example.test"})
        print(connection.getresponse().status, flush=True)
    except OSError as error:
        print(error, flush=True)
"""


def test_reloads_under_load_lose_no_request(running: Apache) -> None:
    command = [sys.executable, "-I", "-S", "-c", ASK, str(running.port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as asker:
        results = [Httpd(running.site).reload() for _ in range(3)]
        asker.terminate()
        answers, _ = asker.communicate()

    assert all(result["ok"] for result in results), results
    assert answers.count("200") > 20
    assert set(answers.split()) == {"200"}


def test_a_request_that_still_runs_is_finished_and_does_not_hold_up_the_proof(running: Apache) -> None:
    size = 32 * 1024 * 1024
    (running.root / "www/www.example.test/large").write_bytes(b"x" * size)
    with socket.create_connection(("127.0.0.1", running.port)) as slow:
        slow.sendall(b"GET /large HTTP/1.0\r\nHost: www.example.test\r\n\r\n")
        received = len(slow.recv(1000))

        result = Httpd(running.site).reload()

        assert result["ok"], result
        assert result["seconds"] < 3
        while part := slow.recv(1024 * 1024):
            received += len(part)
    assert received > size


def test_a_syntax_error_is_refused_and_the_server_left_alone(running: Apache) -> None:
    parent = running.pid
    # It answers a moment before it writes down that it does.
    deadline = time.monotonic() + 5
    while "resuming normal operations" not in (log := running.log()) and time.monotonic() < deadline:
        time.sleep(0.02)
    running.write("conf-enabled/broken.conf", "Nonsense\n")

    result = Httpd(running.site).reload()

    assert (result["ok"], result["how"], result["pid"]) == (False, "none", parent)
    assert "Nonsense" in result["error"]
    assert running.get("/")[0] == 200
    assert running.log() == log


def test_a_stopped_server_is_started(apache: Apache) -> None:
    result = Httpd(apache.site).reload()

    assert (result["ok"], result["how"], result["pid"]) == (True, "start", apache.pid)
    assert apache.get("/")[0] == 200


def _taken_port(apache: Apache, taken: socket.socket) -> Path:
    return apache.write("conf-enabled/killer.conf", f"Listen 127.0.0.1:{taken.getsockname()[1]}\n")


def _key_of_another_certificate(apache: Apache, _taken: socket.socket) -> Path:
    apache.add_tls_site("tls.example.test")
    make_certificate(apache.etc, "other.example.test", ("other.example.test",), 30)
    shutil.copy(apache.etc / "other.example.test.key", apache.etc / "tls.example.test.key")
    return apache.etc / "sites-enabled/tls.example.test.conf"


def _no_mime_types(apache: Apache, _taken: socket.socket) -> Path:
    return apache.write("conf-enabled/killer.conf", "TypesConfig /nonexistent/mime.types\n")


def _piped_log_that_cannot_run(apache: Apache, _taken: socket.socket) -> Path:
    return apache.write("conf-enabled/killer.conf", 'CustomLog "|/nonexistent/logger" combined\n')


KILLERS: dict[str, tuple[Callable[[Apache, socket.socket], Path], str]] = {
    "taken port": (_taken_port, "Address already in use"),
    "key of another certificate": (_key_of_another_certificate, "AH02565"),
    "no mime.types": (_no_mime_types, "/nonexistent/mime.types"),
    "piped log that cannot run": (_piped_log_that_cannot_run, "/nonexistent/logger"),
}


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", free_port())) as holder:
        yield holder


@pytest.mark.parametrize("killer", KILLERS)
def test_a_fault_that_passes_configtest_and_kills_the_server_is_noticed_and_repaired(
    running: Apache, taken: socket.socket, killer: str
) -> None:
    parent = running.pid
    lay, evidence = KILLERS[killer]
    culprit = lay(running, taken)
    assert running.control("configtest").returncode == 0

    result = Httpd(running.site).reload()

    assert (result["ok"], result["how"], result["pid"]) == (False, "graceful", None), result
    assert evidence in result["error"]
    assert result["seconds"] < 3

    culprit.unlink()
    repaired = Httpd(running.site).reload()

    assert (repaired["ok"], repaired["how"]) == (True, "start"), repaired
    assert repaired["pid"] not in (parent, None)
    assert running.get("/")[0] == 200


@pytest.mark.parametrize("killer", KILLERS)
def test_a_start_that_fails_says_why(apache: Apache, taken: socket.socket, killer: str) -> None:
    lay, evidence = KILLERS[killer]
    lay(apache, taken)

    result = Httpd(apache.site).reload()

    assert (result["ok"], result["how"], result["pid"]) == (False, "start", None), result
    assert evidence in result["error"]
    assert result["seconds"] < 3


def test_a_pid_file_with_the_pid_of_another_program_is_not_believed(apache: Apache) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        try:
            (apache.root / "run/apache2.pid").write_text(f"{other.pid}\n")

            result = Httpd(apache.site).reload()

            assert (result["ok"], result["how"]) == (True, "start"), result
            assert other.poll() is None
            assert apache.pid == result["pid"]
        finally:
            other.kill()


def test_a_lost_pid_file_does_not_lead_to_a_second_server(running: Apache) -> None:
    parent = running.pid
    (running.root / "run/apache2.pid").unlink()

    result = Httpd(running.site).reload()

    assert (result["ok"], result["how"], result["pid"]) == (True, "graceful", parent), result


def test_workers_that_outlived_their_parent_give_up_the_ports(running: Apache) -> None:
    assert running.pid is not None
    os.kill(running.pid, 9)
    assert running.get("/")[0] == 200, "a worker without a parent still serves the old configuration"

    result = Httpd(running.site).reload()

    assert (result["ok"], result["how"]) == (True, "start"), result
    assert running.get("/")[0] == 200


def test_a_restart_brings_a_new_parent_with_another_mpm(running: Apache) -> None:
    parent = running.pid
    running.disable("mpm_event")
    running.enable("mpm_prefork")

    result = Httpd(running.site).reload(restart=True)

    assert (result["ok"], result["how"]) == (True, "restart"), result
    assert result["pid"] not in (parent, None)
    assert "prefork" in running.log().splitlines()[-2]


def test_a_restart_finds_the_parent_whose_pid_file_moved(running: Apache) -> None:
    moved = running.root / "run/moved.pid"
    running.write("conf-enabled/moved.conf", f"PidFile {moved}\n")

    result = Httpd(running.site).reload(restart=True)

    assert (result["ok"], result["how"]) == (True, "restart"), result
    assert int(moved.read_text()) == result["pid"]
    assert result["seconds"] < 3


def test_a_server_that_holds_its_ports_and_answers_nobody_is_not_taken_for_loaded(
    running: Apache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safedeploy_host.loading.LOADING", 1.0)
    # The key needs a passphrase from a program that never gives it: the ports are bound and nobody is served.
    key, certificate = make_certificate(running.etc, "locked.example.test", ("locked.example.test",), 30)
    command = ["openssl", "ec", "-aes256", "-passout", "pass:secret", "-in", str(key), "-out", f"{key}.locked"]
    subprocess.run(command, check=True, capture_output=True)
    running.enable("ssl", "setenvif", "mime", "socache_shmcb")
    ask = running.root / "ask"
    ask.write_text(f"#!/bin/bash\nexec -a {running.etc} sleep 60\n")
    ask.chmod(0o755)
    running.write("mods-enabled/ssl.conf", f"SSLPassPhraseDialog exec:{ask}\n")
    running.add_site(
        "locked.example.test",
        extra=f"SSLEngine on\nSSLCertificateFile {certificate}\nSSLCertificateKeyFile {key}.locked",
    )

    result = Httpd(running.site).reload()

    assert (result["ok"], result["how"]) == (False, "graceful"), result
    assert "the workers were not replaced" in result["error"]

    (running.etc / "sites-enabled/locked.example.test.conf").unlink()
    repaired = Httpd(running.site).reload()

    assert (repaired["ok"], repaired["how"]) == (True, "restart"), repaired
    assert running.get("/")[0] == 200
    assert len(running.processes()) == len(children(running)) + 1, "nothing of the stuck server is left"
