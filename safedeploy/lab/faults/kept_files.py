"""What a host's files were before a fault: kept as an archive on the machine, and put back where they differ.

A file that is as it was is not written: what looks for edits later is not to be led to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safedeploy.core.errors import SafedeployError
from safedeploy.lab.commands import lab_error
from safedeploy.lab.faults import record
from safedeploy.lab.host_process import HOST_PYTHON
from safedeploy.lab.names import Mode

if TYPE_CHECKING:
    from safedeploy.lab.fleet import Lab

_KEEP = """
for path in "$@"; do test ! -e "$path" || printf "%s\\0" "$path"; done |
    tar --hard-dereference -C / -cPpf - --null -T -
"""
# For the host's Python. Sockets and the like are in no archive, and nothing that is put back is one.
_PUT_BACK = """
import io, os, shutil, stat, sys, tarfile
archive = tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read()))
kept = {member.name.rstrip("/"): member for member in archive}

def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)

def same(path, member):
    if not os.path.lexists(path):
        return False
    info = os.lstat(path)
    if member.issym():
        return stat.S_ISLNK(info.st_mode) and os.readlink(path) == member.linkname
    if (stat.S_IMODE(info.st_mode), info.st_uid, info.st_gid) != (member.mode, member.uid, member.gid):
        return False
    if member.isdir():
        return stat.S_ISDIR(info.st_mode)
    if not stat.S_ISREG(info.st_mode) or info.st_size != member.size:
        return False
    with open(path, "rb") as file:
        return file.read() == archive.extractfile(member).read()

def put(path, member):
    if member.isdir() and os.path.isdir(path) and not os.path.islink(path):
        pass
    else:
        remove(path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if member.isdir():
            os.mkdir(path)
        elif member.issym():
            os.symlink(member.linkname, path)
        else:
            with open(path, "xb") as file:
                file.write(archive.extractfile(member).read())
    if (os.lstat(path).st_uid, os.lstat(path).st_gid) != (member.uid, member.gid):
        os.lchown(path, member.uid, member.gid)
    if not member.issym():
        os.chmod(path, member.mode)
        if not member.isdir():
            os.utime(path, (member.mtime, member.mtime))

for root in sys.argv[1:]:
    if root not in kept:
        remove(root)
    for top, directories, files in os.walk(root, topdown=False):
        for path in (os.path.join(top, name) for name in [*directories, *files]):
            if path not in kept:
                remove(path)
for path in sorted(kept):
    if not same(path, kept[path]):
        put(path, kept[path])
"""


def keep(lab: Lab, name: str) -> None:
    """Keep a host's files. SafedeployError `fault-stays`, before anything is broken."""
    done = lab.exec(name, ["/bin/sh", "-c", _KEEP, "keep", *_paths(lab, name)])
    if done.returncode:
        raise stays(name, "its files could not be kept", done.stderr)
    archive = record.archive(lab.directory, name)
    archive.parent.mkdir(mode=0o700, exist_ok=True)
    archive.write_bytes(done.stdout)


def put_back(lab: Lab, name: str) -> None:
    """Put back what is otherwise, or gone, or new. Nothing when nothing was kept: then nothing was broken."""
    archive = record.archive(lab.directory, name)
    if not archive.exists():
        return
    words = [HOST_PYTHON, "-I", "-S", "-c", _PUT_BACK, *_paths(lab, name)]
    done = lab.exec(name, words, content=archive.read_bytes())
    if done.returncode:
        raise stays(name, "its files could not be put back", done.stderr)


def _paths(lab: Lab, name: str) -> list[str]:
    layout = lab.host(name).layout
    own = [layout.server_root, layout.www_root, layout.state_dir, layout.certificate, layout.key, layout.backend]
    return [*own, "/etc/hosts", "/etc/resolv.conf"] if lab.state.mode == Mode.NAMESPACES else own


def stays(name: str, what: str, said: bytes = b"") -> SafedeployError:
    """A host is not what it was."""
    words = said.decode(errors="replace").strip()
    return lab_error(
        "fault-stays",
        f"Host {name}: {what}{': ' if words else ''}{words}",
        next_step="Run `safedeploy lab down`, which always works, and then up.",
    )
