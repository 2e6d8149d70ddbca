"""Another body than before: a file that is no longer served, another site's page, a page that has lost its point.

A body that differs each time says nothing, and what differs from start to start (dates, numbers) is not looked at.
"""

from __future__ import annotations

from ..routes import NOWHERE
from . import found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .case import Case
    from .found import Found

    Json = dict[str, Any]

# A pushed file explains other pages of the same application: /var/www/app/settings and /var/www/app/public.
_DEPTH = 4


def judge(case: Case) -> Iterator[Found]:
    """For two good answers without a redirect, and for two that say alike that nothing is there."""
    live, candidate = case.live, case.candidate
    if NOWHERE in case.path and live["status"] == candidate["status"]:
        yield from _nothing_there(case)
    if not (_good(live) and _good(candidate)) or live["sha256"] == candidate["sha256"]:
        return
    if case.new:
        yield found.changed("new-site")
    elif live["of_httpd"] or candidate["of_httpd"]:
        return
    elif live["is_file"] and candidate["is_file"]:
        yield found.Found(found.DECLARED, "pushed")
    elif live["is_file"] and candidate["sha256"] not in case.around.pushed:
        yield found.regression("other-content", after=f"another content: {candidate['bytes']} bytes")
    elif live["shape"] != candidate["shape"]:
        yield from _dynamic(case)


def _nothing_there(case: Case) -> Iterator[Found]:
    """An application or an ErrorDocument said so, and httpd says it now: the request does not reach them."""
    if case.live["bytes"] and case.candidate["error_of_httpd"] and not case.live["error_of_httpd"] and not case.new:
        status = case.candidate["status"]
        yield found.regression(
            "other-content", before=f"{status}, a page of the site", after=f"{status}, httpd's own page"
        )


def _good(answer: dict[str, object]) -> bool:
    status = answer["status"]
    return isinstance(status, int) and 200 <= status <= 299


def _dynamic(case: Case) -> Iterator[Found]:
    live, candidate = case.live, case.candidate
    if candidate["sha256"] in case.around.pushed or explained(case):
        yield found.Found(found.DECLARED, "pushed")
    elif not (live["stable"] and candidate["stable"]):
        yield found.Found(found.INCONCLUSIVE, "unstable")
    elif live["listing"] and candidate["listing"]:
        yield found.changed("listing")
    elif live["mentions_host"] and not candidate["mentions_host"]:
        yield found.regression("other-content", before=f"names {case.host}", after=f"no longer names {case.host}")
    else:
        yield found.regression("other-content", after=f"another content: {candidate['bytes']} bytes")


def explained(case: Case) -> bool:
    """Whether the push changes files beside those that this site serves, which are not httpd's configuration."""
    includes = set(case.around.live.get("includes") or ()) | set(case.around.candidate.get("includes") or ())
    pushed = [path for path in case.around.changes if path not in includes and not path.endswith("/.htaccess")]
    near = {_application(path) for path in pushed}
    served = [case.probe.get("file"), *roots_of(case.around.live, case.live_site)]
    served += roots_of(case.around.candidate, case.candidate_site)
    return any(_application(path) in near for path in served if path)


def _application(path: str) -> str:
    return "/".join(path.split("/")[:_DEPTH])


def roots_of(effective: Json, site: Json | None) -> Iterator[str]:
    """The directories that a virtual host serves, as they are written."""
    for node in effective.get("tree") or ():
        if site and node["name"] == "virtualhost" and (node["file"], node["line"]) == (site["file"], site["line"]):
            for child in node.get("children") or ():
                if child["name"] in ("documentroot", "alias", "scriptalias", "wsgiscriptalias") and child["args"]:
                    yield child["args"][-1]
