"""Which files of the configuration were written to lately, managed or not, and which .htaccess files."""

from __future__ import annotations

import os

from ..effective import nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator

    from ..probes.site_map import Host

    Json = dict[str, Any]

SHOWN = 20
_DIRECTORIES = 400
_HTACCESS = ".htaccess"


def touched(effective: Json, hosts: Iterable[Host], site: Json, since: float) -> list[Json]:
    """[{path, at, in_place}], the newest first; `at` in seconds since 1970, `in_place`: in force without a reload."""
    found: list[Json] = []
    for path in configuration_files(effective, site):
        found += _if_later(os.path.realpath(path), since, in_place=False)
    for path in _htaccess(hosts):
        found += _if_later(path, since, in_place=True)
    unique = {one["path"]: one for one in found}
    return sorted(unique.values(), key=lambda one: -float(one["at"]))[:SHOWN]


def configuration_files(effective: Json, site: Json) -> set[str]:
    """What httpd reads when it loads its configuration, as far as it tells."""
    read = {str(node["file"]) for _, node in nodes.walk(effective.get("tree") or ())}
    included = {str(one) for one in effective.get("includes") or () if isinstance(one, str)}
    named = {site["httpd"]["main_config"], os.path.join(site["server_root"], "envvars")}
    return {path for path in read | included | named if path.startswith("/")}


def _htaccess(hosts: Iterable[Host]) -> Iterator[str]:
    """Those at the top of what is served, and one level below: a search of everything would take too long now."""
    left = _DIRECTORIES
    for directory in dict.fromkeys(content.directory for host in hosts for content in host.contents):
        yield os.path.join(directory, _HTACCESS)
        try:
            with os.scandir(directory) as entries:
                for entry in entries:
                    if left <= 0:
                        return
                    left -= 1
                    if entry.is_dir(follow_symlinks=False):
                        yield os.path.join(entry.path, _HTACCESS)
        except OSError:
            continue


def _if_later(path: str, since: float, *, in_place: bool) -> list[Json]:
    try:
        found = os.stat(path)
    except OSError:
        return []
    at = max(found.st_mtime, found.st_ctime)
    return [{"path": path, "at": at, "in_place": in_place}] if at >= since else []
