"""What the screen, the process list and the hosts show: results, and no secret."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from pathlib import Path

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.program import PROGRAM

SECRET = f"canary-7f3a9c51e2-{os.getpid()}"  # not that of another run on this machine


@pytest.mark.parametrize(
    "arguments", [["plan", "lab"], ["status", "lab"], ["check", "lab"]], ids=lambda words: words[0]
)
def test_json_stands_alone_on_standard_output(pushed, project, arguments):
    project.second_release()
    done = project.run(*arguments, "--json")
    assert done.code == ExitCode.OK
    assert done.document["format"] == f"safedeploy-{arguments[0]}"
    assert done.document["version"] == 1
    assert set(done.document.get("hosts") or done.document["plan"]["hosts"]) == set(pushed.names)


def test_the_json_of_a_push_says_where_each_host_ended(pushed, project):
    project.second_release()
    done = project.push("--json", "--limit", "web1,web2")
    assert done.document["exit_code"] == done.code == ExitCode.OK
    assert {host: end["end"] for host, end in done.document["hosts"].items()} == {
        "web1": "confirmed",
        "web2": "confirmed",
    }


def test_no_color_is_heeded_even_on_a_terminal(pushed, project):
    line = "script -qec 'safedeploy status lab' /dev/null"
    shown = {
        value: subprocess.run(
            ["bash", "-c", line],
            cwd=project.root,
            env={**_environ(project), "TERM": "xterm", **({"NO_COLOR": "1"} if value else {})},
            capture_output=True,
            text=True,
            check=True,
            stdin=subprocess.DEVNULL,
        ).stdout
        for value in (True, False)
    }
    colour = re.compile(r"\x1b\[(?:\d+;)*[349][0-7]m")
    assert colour.search(shown[False]), "a terminal without NO_COLOR gets no colours: this test shows nothing"
    assert not colour.search(shown[True])


def _environ(project):
    plain = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return {**plain, **project.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}


@pytest.fixture
def vaulted(project):
    """A secret from a vault in a configuration file."""
    (project.root / "password").write_text("open sesame\n")
    (project.root / "password").chmod(0o600)
    subprocess.run(
        [
            PROGRAM.with_name("ansible-vault"),
            "encrypt_string",
            "--vault-password-file",
            "password",
            "--name",
            "shop_token",
            "--output",
            "vaulted.yml",
            SECRET,
        ],
        cwd=project.root,
        check=True,
        capture_output=True,
    )
    target = project.root / "inventories/lab/group_vars/web/vault.yml"
    target.parent.mkdir()
    (project.root / "vaulted.yml").rename(target)
    project.conf('# the token of the shop\nSetEnv SHOP_TOKEN "{{ shop_token }}"', hosts=("web1",))
    return project


def test_a_secret_from_a_vault_is_nowhere_but_in_its_file_and_the_object_store(pushed, vaulted):
    seen: list[str] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            for line in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.append(line.read_bytes().decode(errors="replace"))
                except OSError:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        done = vaulted.run("-vv", "push", "lab", "--yes", "--limit", "web1", "--vault-password-file", "password")
    finally:
        over.set()
        watcher.join()
    assert done.code == ExitCode.OK, done.text
    assert "extra.conf" in done.out
    assert SECRET not in done.text
    assert seen
    assert not any(SECRET in line for line in seen)
    layout = pushed.host("web1").layout
    places = f"{layout.server_root} {layout.www_root} {layout.state_dir} {layout.log_dir} /tmp /root /home /run"
    found = pushed.shell("web1", f"grep -rlsF --exclude='kept-*.tar' {SECRET} {places} || true").split()
    assert f"{layout.server_root}/conf-available/extra.conf" in found
    others = [path for path in found if not path.startswith((f"{layout.state_dir}/objects/", f"{layout.server_root}/"))]
    assert others == []
