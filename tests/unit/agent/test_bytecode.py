"""The program's bytecode beside its archive: taken up whole and where nobody else can have put it, or not at all."""

from __future__ import annotations

import json
import marshal
import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from safedeploy_host import compiled, importer, install

from safedeploy.adapters import agent_file
from tests.unit.agent.test_program import PYTHONS, run

MAKE = """
import sys
sys.path.insert(0, sys.argv[1])
from safedeploy_host import compiled
compiled.make(sys.argv[2])
"""
# How modules see themselves: the first prints it when the program starts.
MODULES = {
    "__init__.py": "'''A package.'''\n",
    "program.py": """
import importlib
import json
import marshal
import sys

from . import below
from .below.part import __name__ as found

leave = sys.exit


def main():
    modules = [sys.modules[__name__], below, importlib.import_module(".part", "safedeploy_host.below")]
    for module in modules:
        spec = module.__spec__
        told = [module.__name__, module.__file__, module.__package__, getattr(module, "__path__", None)]
        told += [spec.name, spec.parent, spec.origin, spec.submodule_search_locations]
        told += [module.__doc__, module.__loader__ is spec.loader]
        print(json.dumps(told))
""",
    "below/__init__.py": "",
    "below/part.py": "from ..program import importlib as shared\n",
}


def make(python, archive):
    """Have a Python write the bytecode of an archive; where it is."""
    program = str(agent_file.build().path)
    subprocess.run([python, "-I", "-S", "-c", MAKE, program, str(archive)], check=True)
    (path,) = archive.parent.glob(f"{archive.name}.*")
    return path


@pytest.fixture
def archive(tmp_path):
    """A copy of the program, without bytecode."""
    path = tmp_path / "copy" / "agent.pyz"
    path.parent.mkdir()
    shutil.copyfile(agent_file.build().path, path)
    return path


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Bytecode of the program that shows by a planted module whether it was run, for this Python."""
    path = tmp_path_factory.mktemp("planted") / "agent.pyz"
    with zipfile.ZipFile(agent_file.build().path) as source, zipfile.ZipFile(path, "w") as out:
        for name in source.namelist():
            text = b"raise SystemExit('planted')" if name.endswith("/program.py") else source.read(name)
            out.writestr(name, text)
    compiled.make(str(path))
    return Path(compiled.beside(str(path))).read_bytes()


def observed(world, archive):
    """What an observation says on its standard error, having answered or not."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(archive), "observe"],
        input=json.dumps({"site": world.site}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == "planted\n" or json.loads(done.stdout)["ok"], done
    return done.stderr


@pytest.mark.parametrize("python", PYTHONS)
def test_it_is_made_once_and_no_source_is_read_from_then_on(python, world):
    manifest, objects = world.manifest({"sites/a": b"a"})
    request = {"site": world.site, "run": "r", "holder": "ann", "ttl": 60, "manifest": manifest, "objects": objects}
    request["token"] = run(python, "prepare", request)["result"]["token"]
    run(python, "preflight", request)
    installed = world.state_dir / "agent" / f"{agent_file.build().sha256}.pyz"
    assert installed.read_bytes() == agent_file.build().path.read_bytes()
    (bytecode,) = (world.state_dir / "agent").glob("*.pyz.cpython-*")
    assert bytecode.stat().st_mode & 0o777 == 0o600
    installed.write_bytes(agent_file.archive(world.base / "empty"))
    assert run(python, "observe", {"site": world.site}, installed)["result"]["state"]["current"] is None
    bytecode.unlink()
    with pytest.raises(subprocess.CalledProcessError):
        run(python, "observe", {"site": world.site}, installed)


@pytest.mark.parametrize("python", PYTHONS)
def test_modules_see_themselves_as_they_do_without_it(python, tmp_path):
    sources = tmp_path / "sources"
    (sources / "below").mkdir(parents=True)
    for name, text in MODULES.items():
        (sources / name).write_text(text)
    shutil.copyfile(agent_file.sources() / "importer.py", sources / "importer.py")
    archive = tmp_path / "agent.pyz"
    archive.write_bytes(agent_file.archive(sources))
    line = [python, "-I", "-S", str(archive)]
    without = subprocess.check_output(line)
    make(python, archive)
    archive.write_bytes(agent_file.archive(tmp_path / "empty"))
    assert subprocess.check_output(line) == without
    assert len(without.splitlines()) == 3


@pytest.mark.parametrize("python", PYTHONS)
def test_a_bug_names_the_same_place_with_and_without_it(python, world, archive):
    del world.site["httpd"]["binary"]
    without = run(python, "observe", {"site": world.site}, archive)
    make(python, archive)
    assert run(python, "observe", {"site": world.site}, archive) == without
    assert "(at httpd.py:" in without["error"]["message"]


@pytest.mark.parametrize("damage", ["truncated", "longer", "flipped", "empty", "text", "zip", "other-python"])
def test_damaged_as_a_whole_it_is_left_alone(world, archive, written, damage):
    beside = Path(compiled.beside(str(archive)))
    front = 16 + int.from_bytes(written[4:8], "little")
    damaged = {
        "truncated": [written[:length] for length in (1, 4, 15, 16, 17, front - 1, front, front + 1, len(written) - 1)],
        "longer": [written + b"\0"],
        "flipped": [flipped(written, at) for at in (*range(0, 16, 3), 16, 200, front - 1)],
        "empty": [b""],
        "text": [b"torn", bytes(len(written))],
        "zip": [agent_file.build().path.read_bytes()],
        "other-python": [b"\0\0\r\n" + written[4:]],
    }[damage]
    for content in damaged:
        beside.write_bytes(content)
        beside.chmod(0o600)
        assert observed(world, archive) == ""


def flipped(content, at):
    """The content with one byte of another value."""
    return content[:at] + bytes([content[at] ^ 0x40]) + content[at + 1 :]


def test_of_a_damaged_module_the_source_is_taken(world, archive, written):
    make(sys.executable, archive)
    beside = Path(compiled.beside(str(archive)))
    whole = beside.read_bytes()
    for part in range(10):
        beside.write_bytes(flipped(whole, len(whole) - 1 - part * len(whole) // 12))
        assert observed(world, archive) == ""
    front = 16 + int.from_bytes(written[4:8], "little")
    codes = bytes(byte ^ 0x40 for byte in written[front:])
    beside.write_bytes(written[:front] + codes)
    assert observed(world, archive) == "", "every module is damaged"


@pytest.mark.parametrize(("mode", "taken"), [(0o600, True), (0o644, True), (0o620, False), (0o602, False)])
def test_it_is_only_run_where_nobody_else_can_have_written_it(world, archive, written, mode, taken):
    planted = Path(compiled.beside(str(archive)))
    planted.write_bytes(written)
    planted.chmod(mode)
    assert observed(world, archive) == ("planted\n" if taken else "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_it_is_not_run_when_it_is_of_another_user(world, archive, written):
    planted = Path(compiled.beside(str(archive)))
    planted.write_bytes(written)
    os.chown(planted, 65534, 65534)
    assert observed(world, archive) == ""


@pytest.mark.parametrize("kind", ["link", "pipe", "directory"])
def test_what_is_no_file_is_never_run_nor_waited_for(world, archive, written, kind):
    planted = Path(compiled.beside(str(archive)))
    if kind == "link":
        elsewhere = world.base / "elsewhere"
        elsewhere.write_bytes(written)
        elsewhere.chmod(0o600)
        planted.symlink_to(elsewhere)
    elif kind == "pipe":
        os.mkfifo(planted, 0o600)
    else:
        planted.mkdir()
    assert observed(world, archive) == ""


def test_the_program_starts_while_it_is_being_written(world, archive):
    line = [sys.executable, "-I", "-S", "-c", MAKE, str(agent_file.build().path), str(archive)]
    starts = 0
    with subprocess.Popen(line) as writing:
        while writing.poll() is None:
            assert observed(world, archive) == ""
            starts += 1
    assert (writing.returncode, starts > 1) == (0, True)
    assert [path.name for path in archive.parent.glob("*.new")] == []
    archive.write_bytes(agent_file.archive(world.base / "empty"))
    assert observed(world, archive) == ""


def test_it_goes_with_its_archive_also_where_an_earlier_version_made_it(world):
    directory = world.state_dir / "agent"
    directory.mkdir(parents=True)
    for age in range(5):
        path = directory / f"{age}.pyz"
        path.write_bytes(b"PK\x03\x04")
        Path(f"{path}.cpython-311").write_bytes(b"PK\x03\x04" if age % 2 else b"")
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    (directory / "current").symlink_to("4.pyz")
    install.prune(world.store)
    kept = [*(f"{age}.pyz{more}" for age in (0, 1, 2, 4) for more in ("", ".cpython-311")), "current"]
    assert sorted(path.name for path in directory.iterdir()) == kept


def test_when_its_descriptor_was_closed_the_sources_are_taken(tmp_path):
    code = marshal.dumps(compile("", "x", "exec"))
    path = tmp_path / "bytecode"
    path.write_bytes(zlib.crc32(code).to_bytes(4, "little") + code)
    fd = os.open(path, os.O_RDONLY)
    found = importer.Importer("/a.pyz", fd, 0, {"a": (0, 4 + len(code), False)})
    assert found.find_spec("a").origin == "/a.pyz/a.py"
    assert found.find_spec("b") is None
    holding = importer.Importer("/a.pyz", os.dup(fd), 0, {"a": (0, 4 + len(code), False)})
    holding.hold()
    holding.hold()
    assert holding.find_spec("a").origin == "/a.pyz/a.py"
    other, pipe = os.pipe()
    os.dup2(other, fd)
    assert found.find_spec("a") is None, "it is of something else now"
    for number in (fd, other, pipe):
        os.close(number)
    assert found.find_spec("a") is None
