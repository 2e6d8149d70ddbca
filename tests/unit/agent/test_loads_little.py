"""What keeps a start short: modules that a command does without, and that are loaded when it does not."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import PurePosixPath

import pytest
from safedeploy_host import hashing, later, loaded
from safedeploy_host.directives import joined

from safedeploy.adapters import agent_file

DEAR = {"pathlib", "tempfile", "shutil", "_hashlib", "urllib.parse", "ssl", "subprocess", "shlex", "inspect", "typing"}
LOADED = """
import sys
sys.path.insert(0, sys.argv[1])
from safedeploy_host import hashing, program
import importlib
for command in sys.argv[2:]:
    importlib.import_module(f"safedeploy_host.{program.COMMANDS[command][0]}")
hashing.sha256(b"little").hexdigest()
print(*sys.modules)
"""


def test_the_small_commands_load_nothing_dear():
    program = str(agent_file.build().path)
    line = [sys.executable, "-I", "-S", "-c", LOADED, program, "prepare", "hold", "confirm", "release-lease"]
    names = set(subprocess.check_output(line, text=True).split())
    own = any(name in names for name in ("_sha2", "_sha256"))
    assert names & DEAR <= (set() if own else {"_hashlib"})


@pytest.mark.parametrize("size", [0, 1, 1000, hashing.LITTLE + 1])
@pytest.mark.parametrize("own", [True, False])
def test_a_digest_is_the_same_whoever_makes_it(monkeypatch, size, own):
    monkeypatch.delitem(sys.modules, "_hashlib", raising=False)
    monkeypatch.setattr(hashing._Hashed, "size", 0)
    if not own:
        monkeypatch.setattr(hashing, "_OWN", ("no_such_module",))
    hashing._own.cache_clear()
    content = b"x" * size
    assert hashing.hexadecimal(content) == hashlib.sha256(content).hexdigest()
    made = hashing.sha256(following=size)
    made.update(content)
    assert made.hexdigest() == hashlib.sha256(content).hexdigest()
    hashing._own.cache_clear()


def test_an_expression_is_compiled_when_it_is_first_used():
    wrong = later.regex("(")
    with pytest.raises(later.re.error):
        wrong.match("")
    found = later.regex(r"(?P<digits>\d+)", later.re.IGNORECASE)
    assert [match.group("digits") for match in found.finditer("a1b22")] == ["1", "22"]
    assert found.sub("-", "a1") == "a-"
    assert (found.pattern, found.flags & later.re.IGNORECASE) == (r"(?P<digits>\d+)", later.re.IGNORECASE)
    assert later.regex(rb"\d").search(b"a1").group() == b"1"


@pytest.mark.parametrize("path", ["a", "./a//b/", "../a", "/b/./c", "/", "", "a/../b"])
@pytest.mark.parametrize("directory", ["/etc/apache2", "/etc//apache2/", "/"])
def test_paths_are_joined_as_pathlib_does(directory, path):
    assert joined(directory, path) == str(PurePosixPath(directory, path))


def test_a_moment_of_an_error_log_is_read_as_the_library_does():
    for text in ("Nov 28 09:30:33", "Feb  1 00:00:00", "Jul 14 23:59:59"):
        assert loaded._moment(text, 2026) == time.mktime(time.strptime(f"{text} 2026", "%b %d %H:%M:%S %Y"))
