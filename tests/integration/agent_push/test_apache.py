"""Whatever is pushed, and whatever dies, the site serves at the end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from safedeploy.adapters import agent_file
from tests.integration.agent_push.conftest import Pushed

Fault = Callable[[Pushed], dict[str, bytes | str]]
pytestmark = pytest.mark.apache

GOOD: dict[str, bytes | str] = {
    "etc/conf-available/hello.conf": b"Redirect 302 /hello http://elsewhere.test/\n",
    "etc/conf-enabled/hello.conf": "../conf-available/hello.conf",
}


def test_a_good_release_serves_and_is_confirmed(pushed: Pushed) -> None:
    done = pushed.push(GOOD, "aaaaaaaaaaaa")
    assert done["ok"], done
    assert done["result"]["reload"]["how"] == "graceful"
    assert pushed.apache.get("/hello")[0] == 302
    assert pushed.confirm(done["result"]["activation"])["result"]["known_good"] == "aaaaaaaaaaaa"
    again = pushed.push(GOOD, "aaaaaaaaaaaa")
    assert again["result"]["outcome"] == "unchanged", again


def test_a_syntax_error_changes_no_byte(pushed: Pushed) -> None:
    before = pushed.apache.snapshot()
    refused = pushed.stage({"etc/conf-enabled/bad.conf": b"Bogus on\n"}, "bbbbbbbbbbbb")
    assert refused["error"]["code"] == "configtest-failed", refused
    assert "Invalid command 'Bogus'" in refused["error"]["detail"]["output"]
    assert pushed.apache.snapshot() == before


def broken_htaccess(pushed: Pushed) -> dict[str, bytes | str]:
    allow = f"<Directory {pushed.apache.root}/www>\nAllowOverride All\n</Directory>\n"
    return {
        "etc/conf-enabled/allow.conf": allow.encode(),
        "www/www.example.test/.htaccess": b"Bogus on\n",
    }


def taken_port(pushed: Pushed) -> dict[str, bytes | str]:
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    pushed.taken = taken  # type: ignore[attr-defined]  # kept open as long as the test runs
    return {"etc/conf-enabled/taken.conf": f"Listen 127.0.0.1:{taken.getsockname()[1]}\n".encode()}


def missing_mime_types(pushed: Pushed) -> dict[str, bytes | str]:
    return {"etc/conf-enabled/types.conf": b"TypesConfig /nowhere/mime.types\n"}


def piped_log_that_cannot_run(pushed: Pushed) -> dict[str, bytes | str]:
    return {"etc/conf-enabled/log.conf": b'CustomLog "|/nowhere/logger" combined\n'}


@pytest.mark.parametrize("fault", [broken_htaccess, taken_port, missing_mime_types, piped_log_that_cannot_run])
def test_a_release_that_breaks_the_site_is_undone_in_the_same_call(pushed: Pushed, fault: Fault) -> None:
    good = pushed.push(GOOD, "aaaaaaaaaaaa")
    pushed.confirm(good["result"]["activation"])
    before = pushed.apache.snapshot()

    reverted = pushed.push({**GOOD, **fault(pushed)}, "bbbbbbbbbbbb")

    assert reverted["error"]["code"] == "reverted", reverted
    assert reverted["error"]["detail"]["revert"]["went_to"] == "before"
    assert pushed.apache.snapshot() == before
    assert pushed.apache.get("/")[0] == 200
    assert pushed.state()["current"] == "aaaaaaaaaaaa"


def test_a_host_that_nobody_confirms_goes_back_by_itself(pushed: Pushed) -> None:
    before = pushed.apache.snapshot()
    assert pushed.push(GOOD, "aaaaaaaaaaaa", window=1)["ok"]
    pushed.wait_for_no_pending()
    assert pushed.apache.snapshot() == before
    assert pushed.apache.get("/hello")[0] == 404
    assert pushed.state()["last_revert"]["went_to"] == "before"


def test_a_person_reverts_a_host_whose_httpd_was_killed(pushed: Pushed) -> None:
    before = pushed.apache.snapshot()
    pushed.push(GOOD, "aaaaaaaaaaaa")
    assert pushed.apache.pid
    os.kill(pushed.apache.pid, signal.SIGKILL)
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            str(agent_file.build().path),
            "revert",
            "--state-dir",
            pushed.apache.site["state_dir"],
        ],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done
    assert "reverted to adopted (before)" in done.stdout
    assert pushed.apache.snapshot() == before
    assert pushed.apache.get("/")[0] == 200
