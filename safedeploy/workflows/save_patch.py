"""Takes hand edits from the hosts into the project, where that is exact; the others go into patch files.

A file of the project is changed only when rendering again then gives exactly what lies on the hosts: of every host and
path that is rendered from it, and nothing else anywhere. It must be tracked by git and have no uncommitted change, so
that the change can be looked at and thrown away. Nothing that is known to be secret is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from safedeploy.adapters import git, result_file
from safedeploy.core.diff import Diff
from safedeploy.core.drift import DriftKind
from safedeploy.core.errors import SafedeployError
from safedeploy.core.take_in import candidates, obeyed
from safedeploy.core.template_line import included
from safedeploy.core.tree import Kind, Made
from safedeploy.workflows import rendering
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.drift import Found
from safedeploy.workflows.drift_shown import shown
from safedeploy.workflows.session import Session

_LARGEST = 256 * 1024
_MOST_SOURCES = 20
_MOST_PATCH_LINES = 100_000


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What became of the edit of one path on one host. `files` are of the project, or the patch; none: not kept.

    `why` says why it is not in the project, or not kept.
    """

    host: str
    path: str
    files: tuple[str, ...] = ()
    in_project: bool = False
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class _Edit:
    host: str
    path: str
    released: bytes
    live: bytes
    made: Made | None


def save_patch(session: Session, found: Found, target: Path) -> tuple[Kept, ...]:
    """Keep every hand edit of a file's content. `target`: a directory (a patch for each host) or one file.

    Raises SafedeployError when a patch cannot be written; what was changed in the project stays.
    """
    kept: list[Kept] = []
    edits: list[_Edit] = []
    for edit in _edits(found):
        if isinstance(edit, Kept):
            kept.append(edit)
        else:
            edits.append(edit)
    left: list[tuple[_Edit, str]] = []
    for group in _by_file(edits):
        taken = _TakenIn(session, found, edits, group)
        why = taken.attempt()
        if why:
            left += [(edit, why) for edit in group]
        else:
            kept += [
                Kept(host=edit.host, path=edit.path, files=tuple(taken.changed), in_project=True) for edit in group
            ]
    return (*kept, *_patches(session, found, left, target))


def _edits(found: Found) -> Iterator[_Edit | Kept]:
    for host, drifted in found.drift.hosts.items():
        seen = found.seen[host]
        for item in drifted.items:
            path = item.path or ""
            entry = seen.observed.live.get(path)
            if item.kind is not DriftKind.EDITED or entry is None or entry.kind is not Kind.FILE:
                continue
            released = seen.recorded.get(seen.observed.recorded(path).sha256 or "")
            live = seen.content.get(path)
            if found.desired is None:
                yield Kept(host=host, path=path, why="the project was not rendered, so what is secret is not known")
            elif path in found.desired[host].tree.secret_paths:
                yield Kept(host=host, path=path, why="the file is secret")
            elif released is None or live is None:
                yield Kept(host=host, path=path, why="the host has not sent its content")
            else:
                made = found.desired[host].tree.made.get(path)
                yield _Edit(host=host, path=path, released=released, live=live, made=made)


def _by_file(edits: list[_Edit]) -> list[list[_Edit]]:
    groups: dict[str | tuple[str, str], list[_Edit]] = {}
    for edit in edits:
        groups.setdefault((edit.host, edit.path) if edit.made is None else edit.made.file, []).append(edit)
    return list(groups.values())


class _TakenIn:
    """The attempt to take the edits of one file of the project, `group`, into it. `changed` are the names of files."""

    def __init__(self, session: Session, found: Found, edits: list[_Edit], group: list[_Edit]) -> None:
        self._session = session
        self._found = found
        self._before: Mapping[str, Desired] = found.desired or {}
        self._edits = {(edit.host, edit.path): edit for edit in edits}
        self._group = {(edit.host, edit.path) for edit in group}
        self._first = group[0]
        self.changed: list[str] = []

    def attempt(self) -> str:
        """Change the project; or change nothing, and say why."""
        made = self._first.made
        why = self._in_the_way(made)
        if why or made is None:
            return why
        refused = "no change of its lines gives exactly the edited file, and leaves all others as they are"
        for change in self._changes(made):
            if any(self._session.hide(text) != text for text in map(_text, change.values()) if text is not None):
                return "the change holds a secret"
            dirty = [why for path in change if (why := self._refusal(path))]
            if dirty:
                return dirty[0]
            if self._fits(change):
                self.changed = [str(path.relative_to(self._session.target.project)) for path in change]
                return ""
        return refused

    def _in_the_way(self, made: Made | None) -> str:
        if made is None:
            return "the project does not make this file any more"
        if made.own_syntax:
            return "its template has delimiters of its own"
        if self._session.target.limit is not None:
            return "with --limit it is not known what other hosts make of it"
        makers = [
            host for host, item in self._before.items() if made.file in {one.file for one in item.tree.made.values()}
        ]
        unread = [host for host in makers if host in self._found.drift.missing]
        if unread:
            return f"{', '.join(unread)} has it too, and was not read"
        for host, path in sorted(self._group):
            entry = self._before[host].tree.entries[path]
            if entry.sha256 != self._found.seen[host].observed.recorded(path).sha256:
                return "the project has moved on since it was deployed"
        return ""

    def _refusal(self, path: Path) -> str:
        project = self._session.target.project
        if not path.resolve().is_relative_to(project.resolve()) or path.is_symlink():
            return f"{path} is not a file of the project itself"
        why = git.in_the_way(project, path)
        return f"{path.relative_to(project)}: {why}" if why else ""

    def _changes(self, made: Made) -> Iterator[dict[Path, bytes]]:
        file = Path(made.file)
        if made.verbatim:
            # A template may include the file, and rendering would obey what a host has written there.
            harmless = not obeyed(self._first.live.decode("latin-1"))
            if harmless and len({self._edits[key].live for key in self._group}) == 1:
                yield {file: self._first.live}
            return
        released, live = _text(self._first.released), _text(self._first.live)
        sources = self._sources(file)
        if released is None or live is None or str(file) not in sources:
            return
        for change in candidates(sources, released, live):
            yield {Path(name): text.encode() for name, text in change.items()}

    def _sources(self, file: Path) -> dict[str, str]:
        """The template and what it includes by a written name, by their whole paths."""
        project = self._session.target.project
        folder = project / self._session.policy.templates
        waiting, found = [file], dict[str, str]()
        while waiting and len(found) < _MOST_SOURCES:
            path = waiting.pop(0)
            if str(path) in found or not path.is_file() or path.stat().st_size > _LARGEST:
                continue
            text = _text(path.read_bytes())
            if text is not None:
                found[str(path)] = text
                for name in included(text):
                    waiting += [one for one in (folder / name, project / name) if one.is_file()][:1]
        return found

    def _fits(self, change: Mapping[Path, bytes]) -> bool:
        """Make the change and render; without exactly the wanted result all is as it was."""
        originals = {path: path.read_bytes() for path in change}
        good = False
        try:
            for path, content in change.items():
                path.write_bytes(content)
            try:
                after = rendering.render(self._session)
            except SafedeployError:
                return False
            good = self._wanted(after)
            return good
        finally:
            if not good:
                for path, content in originals.items():
                    path.write_bytes(content)

    def _wanted(self, after: Mapping[str, Desired]) -> bool:
        """Whether the edits of this file come out, and every other path is as before or as it was edited."""
        for host, item in self._before.items():
            old, new = item.tree, after[host].tree
            if old.entries.keys() != new.entries.keys():
                return False
            for path, entry in new.entries.items():
                edit = self._edits.get((host, path))
                is_edit = edit is not None and new.content.get(entry.sha256 or "") == edit.live
                if (host, path) in self._group:
                    if not is_edit:
                        return False
                elif entry != old.entries[path] and not is_edit:
                    return False
        return True


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _patches(session: Session, found: Found, left: list[tuple[_Edit, str]], target: Path) -> Iterator[Kept]:
    """Write the edits that are not in the project as patches from the root directory (`patch -p1 -d /`)."""
    fit = shown(found.desired, "", session.hide, most_lines=_MOST_PATCH_LINES)
    whole = not target.is_dir() and not str(target).endswith("/")
    texts: dict[Path, list[str]] = {}
    kept: list[Kept] = []
    for edit, why in left:
        diff: Diff = fit(edit.host)(edit.path, edit.released, edit.live)
        file = target if whole else target / f"{edit.host}.patch"
        if not diff.text:
            kept.append(Kept(host=edit.host, path=edit.path, why=diff.note or why))
            continue
        exact = _text(edit.live) is not None and session.hide(_text(edit.live) or "") == _text(edit.live)
        masked = "" if exact else "; secrets in it are masked: it does not apply as it is"
        lines = diff.text.splitlines(keepends=True)
        head = [f"# {edit.host}: {edit.path}{masked}\n", f"--- a{edit.path}\n", f"+++ b{edit.path}\n"]
        texts.setdefault(file, []).append("".join([*head, *lines[2:]]))
        kept.append(Kept(host=edit.host, path=edit.path, files=(str(file),), why=why + masked))
    for file, parts in texts.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        result_file.write(file, "\n".join(parts).encode(), mode=0o600)
    yield from kept
