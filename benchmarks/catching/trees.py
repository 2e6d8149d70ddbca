"""Trees on disk: the base's files, and those of a case, at `ROOT/etc/apache2`, `ROOT/var/www` and `ROOT/srv`."""

from __future__ import annotations

import hashlib
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from safedeploy.lab import conffiles

from .corpus import Case, Corpus
from .material import Material

SERVER_ROOT = "/etc/apache2"
ROOTS = (SERVER_ROOT, "/var/www", "/srv")
KINDS = {"mods": "mods", "confs": "conf", "sites": "sites"}  # word of the corpus -> beginning of the directory's name
DIRECTORIES = (*(f"{kind}-{state}" for kind in KINDS.values() for state in ("available", "enabled")), "ssl")


def at(root: Path, path: str) -> Path:
    """Where the host's absolute path lies in the tree."""
    return root / path.lstrip("/")


def build_base(corpus: Corpus, root: Path, material: Material) -> None:
    """The package's files, the base's own over them, its links, certificates and passwords."""
    for path in ROOTS:
        at(root, path).mkdir(parents=True)
    server_root = at(root, SERVER_ROOT)
    for name in DIRECTORIES:
        (server_root / name).mkdir()
    for name, content in conffiles.read().files.items():
        path = server_root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)
    _lay_over(corpus.overlay, root)
    for key, kind in KINDS.items():
        for name in corpus.base.get(key, []):
            enable(server_root, kind, name)
    material.make(corpus.base.get("gen", []), root)


def build_case(case: Case, base: Path, root: Path, material: Material) -> None:
    """The base with the case's change."""
    shutil.copytree(base, root, symlinks=True)
    change, server_root = case.change, at(root, SERVER_ROOT)
    for path in change.get("delete", []):
        _delete(at(root, path))
    _lay_over(case.directory / "files", root)
    for key, kind in KINDS.items():
        for name in change.get(f"disable_{key}", []):
            disable(server_root, kind, name)
        for name in change.get(f"enable_{key}", []):
            enable(server_root, kind, name)
    for path, target in change.get("links", {}).items():
        link = at(root, path)
        link.unlink(missing_ok=True)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
    material.make(change.get("gen", []), root)
    for path, mode in change.get("modes", {}).items():
        at(root, path).chmod(int(mode, 8))


def _lay_over(source: Path, root: Path) -> None:
    for path in ROOTS:
        if at(source, path).is_dir():
            shutil.copytree(at(source, path), at(root, path), dirs_exist_ok=True, symlinks=True)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def enable(server_root: Path, kind: str, name: str) -> None:
    """As a2enmod, a2enconf and a2ensite do; but a source that is missing gets its link, as a careless hand makes it."""
    for ending in (".load", ".conf") if kind == "mods" else (".conf",):
        source, link = server_root / f"{kind}-available" / f"{name}{ending}", server_root / f"{kind}-enabled"
        if (ending == ".conf" and kind == "mods" and not source.exists()) or (link / source.name).is_symlink():
            continue
        (link / source.name).symlink_to(f"../{kind}-available/{source.name}")


def disable(server_root: Path, kind: str, name: str) -> None:
    """Remove the links that `enable` makes."""
    for ending in (".load", ".conf"):
        (server_root / f"{kind}-enabled" / f"{name}{ending}").unlink(missing_ok=True)


def listing(root: Path) -> dict[str, Path]:
    """The host's path -> where it lies, of every file and link of a tree."""
    return {f"/{path.relative_to(root)}": path for path in _below([at(root, top) for top in ROOTS])}


def _below(tops: list[Path]) -> Iterator[Path]:
    for top in tops:
        for path in sorted(top.rglob("*")):
            if path.is_symlink() or not path.is_dir():
                yield path


def digest(places: Mapping[str, Path]) -> str:
    """One digest over names, kinds, modes, owners, targets and contents below these places (host path -> directory)."""
    total = hashlib.sha256()
    for name, top in sorted(places.items()):
        for path in sorted([top, *top.rglob("*")]):
            total.update(repr((name, str(path.relative_to(top)), *_facts(path))).encode())
    return total.hexdigest()


def _facts(path: Path) -> tuple[Any, ...]:
    info = path.lstat()
    if stat.S_ISLNK(info.st_mode):
        return ("link", str(path.readlink()))
    facts = (stat.S_IFMT(info.st_mode), stat.S_IMODE(info.st_mode), info.st_uid, info.st_gid)
    return (*facts, hashlib.sha256(path.read_bytes()).hexdigest()) if stat.S_ISREG(info.st_mode) else facts
