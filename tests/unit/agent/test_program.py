"""The program as it is shipped: one archive, any Python from 3.8, standard library only."""

from __future__ import annotations

import ast
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from safedeploy.adapters import agent_file

OLDEST = "3.8"


def oldest_python():
    """A Python 3.8 on this machine, or None."""
    candidates = sorted(Path.home().glob(f".pyenv/versions/{OLDEST}*/bin/python"))
    candidates += [Path(directory, f"python{OLDEST}") for directory in os.get_exec_path()]
    return next((str(path) for path in candidates if path.is_file() and works(path)), None)


def works(python):
    """Whether a program is a Python: a version manager's shim may be none."""
    return subprocess.run([python, "-c", "pass"], capture_output=True, check=False).returncode == 0


PYTHONS = [
    pytest.param(sys.executable, id="this"),
    pytest.param(
        oldest_python(),
        id=OLDEST,
        marks=pytest.mark.skipif(oldest_python() is None, reason=f"no Python {OLDEST} on this machine"),
    ),
]


def run(python, command, request, agent=None):
    done = subprocess.run(
        [python, "-I", "-S", str(agent or agent_file.build().path), command],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.count("\n") == 1, "one line of JSON and nothing else"
    return json.loads(done.stdout)


def test_the_archive_has_the_same_bytes_whenever_it_is_built():
    first = agent_file.archive(agent_file.sources())
    assert agent_file.archive(agent_file.sources()) == first == agent_file.build().path.read_bytes()
    assert agent_file.build() is agent_file.build()


@pytest.mark.parametrize("python", PYTHONS)
def test_it_observes_an_empty_host_and_leaves_no_trace(python, world):
    reply = run(python, "observe", {"site": world.site, "desired": world.manifest({"sites/a": b"a"})[0]["entries"]})
    assert reply["ok"], reply
    assert reply["result"]["live"] == {str(world.root / "sites/a"): {"kind": "absent"}}
    assert reply["result"]["state"]["current"] is None
    assert not world.state_dir.exists()


@pytest.mark.parametrize("python", PYTHONS)
def test_it_takes_and_gives_back_the_lease(python, world):
    manifest, _ = world.manifest({"sites/a": b"a"})
    request = {"site": world.site, "run": "r", "holder": "ann", "ttl": 60, "manifest": manifest}
    token = run(python, "prepare", request)["result"]["token"]
    assert run(python, "release-lease", {"site": world.site, "token": token})["ok"]


def test_it_runs_from_an_anonymous_file(world):
    descriptor = os.memfd_create("agent", 0)
    try:
        os.write(descriptor, agent_file.build().path.read_bytes())
        done = subprocess.run(
            [sys.executable, "-I", "-S", f"/proc/self/fd/{descriptor}", "observe"],
            input=json.dumps({"site": world.site}),
            capture_output=True,
            text=True,
            check=True,
            pass_fds=[descriptor],
        )
    finally:
        os.close(descriptor)
    assert json.loads(done.stdout)["ok"]


@pytest.mark.parametrize(
    ("command", "text"),
    [("observe", "nonsense"), ("observe", "[]"), ("observe", "{}"), ("nothing", "{}"), ("observe", '{"site": {}}')],
)
def test_a_request_that_makes_no_sense_is_answered_and_not_crashed_on(command, text):
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(agent_file.build().path), command],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    error = json.loads(done.stdout)["error"]
    assert (error["code"], bool(error["next"])) == ("bad-request", True)


@pytest.mark.skipif(sys.version_info < (3, 10), reason="Python 3.10 and later know the names of the library")
def test_it_imports_the_standard_library_alone():
    for path in sorted(agent_file.sources().rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            for name in names:
                assert name.partition(".")[0] in sys.stdlib_module_names, f"{path.name} imports {name}"


def test_every_module_can_be_imported_on_the_oldest_python():
    python = oldest_python()
    if python is None:
        pytest.skip(f"no Python {OLDEST} on this machine")
    sources = agent_file.sources()
    modules = [path.relative_to(sources).with_suffix("") for path in sources.rglob("*.py") if path.stem != "__main__"]
    names = [".".join(module.parts) for module in modules]
    code = "import sys; sys.path.insert(0, sys.argv[1])\n" + "\n".join(
        f"import safedeploy_host.{name}" for name in names
    )
    subprocess.run([python, "-I", "-S", "-c", code, str(agent_file.build().path)], check=True)


@pytest.mark.parametrize("command", ["status", "releases", "revert", "recover"])
def test_a_person_gets_plain_text(world, command):
    world.push({"sites/a.conf": b"a"})
    world.site["httpd"]["binary"] = str(world.base / "no-httpd")
    world.store.remember_site()
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(agent_file.build().path), command, "--state-dir", str(world.state_dir)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr
    expected = {
        "status": "known-good:  aaaaaaaaaaaa",
        "releases": "aaaaaaaaaaaa  2030-01-01T00:00:00Z  1 entries  current known-good",
        "revert": "error (stranded)",
        "recover": "nothing to recover",
    }[command]
    assert expected in done.stdout + done.stderr
    assert done.returncode == {"status": 1, "releases": 0, "revert": 7, "recover": 0}[command]


def test_a_person_at_a_terminal_is_told_when_the_directory_is_wrong(tmp_path):
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(agent_file.build().path), "status"],
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 1
    assert "--state-dir" in done.stderr


def test_an_output_that_takes_nothing_is_no_success(world):
    world.push({"sites/a.conf": b"a"})
    world.store.remember_site()
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(agent_file.build().path), "releases", "--state-dir", str(world.state_dir)],
            stdout=full,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert "No space left on device" in done.stderr
