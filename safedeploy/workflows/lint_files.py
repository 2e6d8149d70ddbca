"""Lint configuration as it lies in directories and files here. Needs no hosts, no inventory and no project."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from safedeploy.adapters import config_files
from safedeploy.core.layouts import LAYOUTS
from safedeploy.core.policy import Lint
from safedeploy.lint import outcome as outcomes
from safedeploy.lint.engine import Report, run
from safedeploy.lint.facts import Facts
from safedeploy.lint.files import Files
from safedeploy.lint.finding import Finding
from safedeploy.lint.fixing import Contents, Fixed, fix
from safedeploy.lint.outcome import Outcome, Placed
from safedeploy.lint.syntax.lines import decode
from safedeploy.workflows.lint_source import HTACCESS, Source

AROUND = "/.safedeploy-lint.conf"  # what stands for the configuration round an .htaccess that is read by itself


@dataclass(frozen=True, kw_only=True)
class Linted:
    """One source, with a report for its configuration and for each file that is not part of it."""

    source: Source
    reports: tuple[Report, ...]
    files: Files = field(repr=False)
    facts: Facts = field(repr=False)


def lint(source: Source, settings: Lint) -> Linted:
    """Read and judge one source. Raises SafedeployError when it cannot be read."""
    files = _files(source)
    facts = Facts(
        layout=source.layout, exists=lambda path: _exists(source, path), mode=lambda path: _mode(source, path)
    )
    reports = _reports(source, files, facts, settings)
    beside = _beside(source, reports[0]) if source.main is not None else None
    if beside is not None:
        files = beside.merged(files)
        reports = _reports(source, files, facts, settings)
    return Linted(source=source, reports=reports, files=files, facts=facts)


def fixed(linted: Linted, settings: Lint) -> list[Fixed]:
    """The safe corrections of each report, carried out in memory."""

    def again(number: int) -> Callable[[Contents], Report]:
        return lambda contents: _reports(
            linted.source, replace(linted.files, contents=contents), linted.facts, settings
        )[number]

    return [fix(linted.files.contents, report, again(number)) for number, report in enumerate(linted.reports)]


def outcome(every: Iterable[Linted], shown: Callable[[Path], str]) -> Outcome:
    """What came of all together. `shown` gives the name of a file as it is to be shown."""
    linted = list(every)
    reports = [(one, report) for one in linted for report in one.reports]
    placed = {_placed(one, finding, shown) for one, report in reports for finding in report.findings}
    read = {_shown(one, path, shown) for one, report in reports for path in report.configuration.read}
    return Outcome(
        findings=outcomes.in_order(placed),
        files=tuple(sorted(read - {AROUND})),
        configurations=len(reports),
        ignored=sum(len(report.ignored) for _, report in reports),
        failed=tuple(dict.fromkeys(one for _, report in reports for one in report.failed)),
        unknown=tuple(dict.fromkeys(text for _, report in reports for text in report.configuration.unknown)),
    )


def _files(source: Source) -> Files:
    if source.main is None:
        (path,) = source.only
        return _with_around(path, Files(contents={path: config_files.one(Path(path))}))
    found = config_files.tree(source.directory, source.at)
    return replace(found, complete=frozenset({source.at})) if source.whole else found


def _with_around(path: str, files: Files) -> Files:
    """An .htaccess is read for a directory that lets it have everything."""
    if not path.endswith(f"/{HTACCESS}"):
        return files
    directory = path.removesuffix(f"/{HTACCESS}")
    text = f'DocumentRoot "{directory}"\n<Directory "{directory}">\nAllowOverride All\n</Directory>\n'
    return replace(files, contents={**files.contents, AROUND: text.encode()})


def _reports(source: Source, files: Files, facts: Facts, settings: Lint) -> tuple[Report, ...]:
    root = LAYOUTS[source.layout].server_root if source.main is None else source.at
    reports: list[Report] = []
    read: set[str] = set()
    if source.main is not None:
        report = run(files, facts, settings, main=source.main, server_root=root)
        read = {*report.configuration.read, *(one.path for one in report.configuration.htaccess)}
        reports.append(report if not source.only else _wanted(report, source.only))
    for path in sorted(source.only - read):
        here = _with_around(path, files)
        main = AROUND if AROUND in here.contents else path
        report = run(here, facts, settings, main=main, server_root=root, fragment=True)
        reports.append(_wanted(report, frozenset({path})))
    return tuple(reports)


def _wanted(report: Report, only: frozenset[str]) -> Report:
    return replace(
        report,
        findings=tuple(finding for finding in report.findings if finding.path in only),
        ignored=tuple(finding for finding in report.ignored if finding.path in only),
    )


def _exists(source: Source, path: str) -> bool | None:
    """Whether a path of the host exists: known on the host itself, and below what a copy has of its root."""
    if source.root is None:
        return None
    local = source.root / path.lstrip("/")
    try:
        if local.exists() or local.is_symlink():
            return True
        if source.root == Path("/"):
            return False
        # A copy of a root tells of a directory that it has, not of those that were left out.
        first = path.lstrip("/").split("/")[:2]
        return False if len(first) == 2 and source.root.joinpath(*first).is_dir() else None
    except OSError:
        return None


def _mode(source: Source, path: str) -> int | None:
    """The permissions of a file of the host; None where it is not here. A copy may have lost them."""
    local = source.local(path)
    try:
        return None if local is None else stat.S_IMODE(local.stat().st_mode)
    except OSError:
        return None


def _beside(source: Source, report: Report) -> Files | None:
    """What lies below the document roots and aliases, and the programs in the directories of CGI; None: nothing."""
    if source.root is None:
        return None
    found: list[Files] = []
    for directory in _outermost(_served(report)):
        local = source.local(directory)
        if local is not None and local.is_dir() and local != source.root:
            found.append(config_files.served(local, directory))
    for directory in _of_programs(report):
        local = source.local(directory)
        if local is not None:
            found.append(Files(contents=config_files.programs(local, directory)))
    contents = {path: content for one in found for path, content in one.contents.items()}
    return Files(
        contents=contents,
        links={path: target for one in found for path, target in one.links.items()},
        others=frozenset().union(*(one.others for one in found)) - contents.keys(),
        directories=frozenset().union(*(one.directories for one in found)),
        complete=frozenset().union(*(one.complete for one in found)),
    )


def _outermost(directories: Iterable[str]) -> Iterator[str]:
    """The directories that are below no other one of them."""
    last = None
    for directory in sorted(set(directories), key=lambda one: one.split("/")):
        if last is None or not directory.startswith(f"{last}/"):
            last = directory
            yield directory


def _of_programs(report: Report) -> Iterator[str]:
    """Directories of programs: those of ScriptAlias, and what is called so."""
    for statement in report.configuration.named("Alias", "ScriptAlias"):
        if statement.certain and statement.arguments[-1:] and statement.arguments[-1].startswith("/"):
            directory = statement.arguments[-1].rstrip("/") or "/"
            if statement.key == "scriptalias" or directory.endswith("/cgi-bin"):
                yield directory


def _served(report: Report) -> Iterator[str]:
    configuration = report.configuration
    for statement in configuration.named("DocumentRoot", "Alias", "ScriptAlias"):
        if statement.certain and statement.arguments and statement.arguments[-1].startswith("/"):
            yield statement.arguments[-1].rstrip("/") or "/"


def _placed(one: Linted, finding: Finding, shown: Callable[[Path], str]) -> Placed:
    position = finding.position
    lines = decode(one.files.content(finding.path) or b"").split("\n")
    text = lines[position.line - 1] if 0 < position.line <= len(lines) else ""
    return Placed(
        finding=replace(finding, fix=None),
        file=_shown(one, finding.path, shown),
        line=position.line,
        column=position.column,
        text=outcomes.shown(text),
    )


def _shown(one: Linted, path: str, shown: Callable[[Path], str]) -> str:
    local = one.source.local(path)
    return path if local is None else shown(local)
