"""The live tree and a candidate really run, each in a shadow of its own."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from typing import Any

import pytest

from tests.apache_fixture import Apache, free_port

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("untouched")]


def get(port: int, path: str = "/", host: str = "www.example.test", address: str = "127.0.0.1") -> tuple[int, str]:
    connection = http.client.HTTPConnection(address, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host, "Connection": "close"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_both_trees_answer_each_with_its_own_configuration(apache: Apache, shadows: Any) -> None:
    change = {apache.etc / "conf-enabled/gone.conf": 'Redirect gone "/old"\n'}

    booted = shadows.pair(change, lambda _: get(apache.port, "/old")[0])

    assert {name: (one["up"], one["value"]) for name, one in booted.items()} == {
        "live": (True, 404),
        "candidate": (True, 410),
    }
    assert booted["live"]["method"] == "namespace"
    assert booted["live"]["peak_bytes"] > 1 << 20


def test_the_work_may_differ_between_the_two(apache: Apache, shadows: Any) -> None:
    work = {"live": lambda _: "old", "candidate": lambda _: "new"}

    booted = shadows.pair({}, work)

    assert [booted[name]["value"] for name in ("live", "candidate")] == ["old", "new"]


def test_a_candidate_that_does_not_parse_is_not_up_and_says_its_own_reason(apache: Apache, shadows: Any) -> None:
    booted = shadows.pair({apache.etc / "conf-enabled/bad.conf": "Nonsense on\n"})

    assert booted["live"]["up"]
    assert not booted["candidate"]["up"]
    assert booted["candidate"]["why"].startswith("AH00526: Syntax error on line 1 of")
    assert "Invalid command 'Nonsense'" in booted["candidate"]["why"]


def test_what_only_a_start_finds_is_found_in_the_error_log(apache: Apache, shadows: Any) -> None:
    apache.add_tls_site("tls.example.test")
    apache.add_tls_site("other.example.test")
    (apache.etc / "tls.example.test.key").write_bytes((apache.etc / "other.example.test.key").read_bytes())
    tree = apache.snapshot()

    booted = shadows.boot({})

    assert not booted["up"]
    assert "certificate and private key" in booted["why"].lower()
    assert any("AH02565" in line for line in booted["error_log"])
    assert apache.snapshot() == tree


def test_a_server_that_holds_its_ports_and_answers_nobody_is_not_up(
    apache: Apache, shadows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    apache.add_tls_site("tls.example.test")
    key = apache.etc / "tls.example.test.key"
    command = ["openssl", "pkey", "-aes128", "-passout", "pass:secret"]
    key.write_bytes(subprocess.run(command, input=key.read_bytes(), check=True, capture_output=True).stdout)
    monkeypatch.setattr("safedeploy_host.shadow.server.BOOT", 1.5)

    booted = shadows.boot({})

    assert not booted["up"]
    assert "answers nobody" in booted["why"] or "AH0" in booted["why"]


def test_a_pid_file_in_a_directory_that_the_host_lacks_fails_as_it_would(apache: Apache, shadows: Any) -> None:
    envvars = (apache.etc / "envvars").read_text()
    moved = envvars.replace(f"{apache.root}/run/apache2.pid", "/run/no-such-directory/httpd.pid")

    booted = shadows.pair({apache.etc / "envvars": moved})

    assert booted["live"]["up"]
    assert not booted["candidate"]["up"]
    assert "/run/no-such-directory/httpd.pid" in booted["candidate"]["why"]


def test_an_address_that_the_host_lacks_cannot_be_listened_on(apache: Apache, shadows: Any) -> None:
    booted = shadows.boot({apache.etc / "conf-enabled/l.conf": f"Listen 203.0.113.77:{free_port()}\n"})

    assert not booted["up"]
    assert "could not bind to address 203.0.113.77" in booted["why"]


def test_all_addresses_of_the_host_can_be_listened_on_and_clients_come_from_theirs(
    apache: Apache, shadows: Any
) -> None:
    shadows.world.update(addresses=["127.0.0.1", "203.0.113.5", "2001:db8::5"], clients=["198.18.0.9"])
    port = free_port()
    change = {
        apache.etc / "conf-enabled/l.conf": f"Listen 203.0.113.5:{port}\nListen [2001:db8::5]:{port}\n"
        '<Location "/inside">\nRequire ip 198.18.0.9\n</Location>\n'
    }

    def work(_: Any) -> list[int]:
        codes = [get(port, address=address)[0] for address in ("203.0.113.5", "2001:db8::5")]
        for source in ("127.0.0.1", "198.18.0.9"):
            connection = http.client.HTTPConnection("127.0.0.1", apache.port, 5, source_address=(source, 0))
            connection.request("GET", "/inside", headers={"Host": "www.example.test"})
            codes.append(connection.getresponse().status)
        return codes

    assert shadows.boot(change, work)["value"] == [200, 200, 403, 404]


def test_a_pid_file_of_the_live_server_does_not_stand_in_the_way(apache: Apache, shadows: Any) -> None:
    apache.start()

    booted = shadows.boot({})

    assert booted["up"]
    assert not any("AH00098" in line for line in booted["error_log"])
    apache.control("stop")
    deadline = time.monotonic() + 5
    while apache.processes() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_the_lines_of_the_error_log_are_told_apart_by_when_they_came(apache: Apache, shadows: Any) -> None:
    apache.error_log.write_text("[core:error] of long ago\n")
    apache.write("conf-enabled/cgi.conf", 'Alias "/secret" "/nowhere/at/all"\n')

    def work(shadow: Any) -> list[list[str]]:
        before = shadow.error_lines()
        get(apache.port, "/secret")
        return [before, shadow.error_lines(), shadow.error_lines()]

    booted = shadows.boot({}, work)

    before, after, again = booted["value"]
    assert before == []
    assert len(after) == 1
    assert "AH01630" in after[0]
    assert again == []
    assert not any("long ago" in line for line in booted["error_log"])
    assert any("AH00094" in line for line in booted["error_log"])


def wait_until(true: Any, seconds: float = 2) -> None:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)


def test_requests_are_counted_by_the_log_that_they_went_to(apache: Apache, shadows: Any) -> None:
    apache.add_site("own.example.test", extra=f"CustomLog {apache.root}/log/own.log common")

    def work(shadow: Any) -> dict[str, int]:
        # The request that proved the start may be written a moment after its answer.
        wait_until(lambda: sum(shadow.log_counts().values()) > 0, seconds=0.3)
        before = shadow.log_counts()
        for _ in range(3):
            get(apache.port, host="own.example.test")
        own = f"{apache.root}/log/own.log"
        wait_until(lambda: shadow.log_counts()[own] >= before.get(own, 0) + 3)
        return {path: count - before.get(path, 0) for path, count in shadow.log_counts().items()}

    counts = shadows.boot({}, work)["value"]

    assert counts[f"{apache.root}/log/own.log"] == 3
    assert sum(counts.values()) == 3


def test_a_server_that_dies_of_a_request_is_said_to_have_died(apache: Apache, shadows: Any) -> None:
    def work(shadow: Any) -> str:
        os.kill(shadow.pid, signal.SIGKILL)
        time.sleep(0.1)
        return "asked"

    booted = shadows.boot({}, work)

    assert (booted["up"], booted["died"], booted["value"]) == (True, True, "asked")


def test_a_program_that_httpd_starts_answers(apache: Apache, shadows: Any) -> None:
    apache.enable("cgid")
    script = apache.root / "www/hello.sh"
    script.write_text("#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nhello from '; id -un\n")
    script.chmod(0o755)
    change = {apache.etc / "conf-enabled/cgi.conf": f'ScriptAlias "/hello" "{script}"\n'}

    booted = shadows.boot(change, lambda _: get(apache.port, "/hello"))

    assert booted["value"] == [200, "hello from www-data\n"]


def test_an_error_of_the_work_is_no_fault_of_the_candidate(apache: Apache, shadows: Any) -> None:
    booted = shadows.boot({}, lambda _: 1 / 0)

    assert (booted["up"], booted["died"], booted["value"]) == (True, False, None)
    assert "division by zero" in booted["why"]


def test_a_decoy_exists_in_the_shadow_alone_and_never_replaces_a_file(apache: Apache, shadows: Any) -> None:
    docroot = apache.root / "www/www.example.test"
    shadows.world["decoys"] = {
        f"{docroot}/.git/config": {"content": "decoy", "mode": "0644"},
        f"{docroot}/index.html": {"content": "replaced", "mode": "0644"},
    }

    value = shadows.boot({}, lambda _: [get(apache.port, "/.git/config"), get(apache.port)])["value"]

    assert value == [[200, "decoy"], [200, "hello from www.example.test\n"]]
    assert [path.name for path in docroot.iterdir()] == ["index.html"]


def test_a_long_log_is_not_copied_into_memory(apache: Apache, shadows: Any) -> None:
    apache.start()
    with (apache.root / "log/error.log").open("r+b") as log:
        log.truncate(4 << 30)
    booted = shadows.boot({}, lambda _: get(apache.port)[0])

    assert booted["value"] == 200
    assert booted["peak_bytes"] < 200 << 20
    apache.kill()
