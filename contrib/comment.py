#!/usr/bin/env python3
"""Put a plan on the change request that this CI job is for, or renew the one that is there.

usage: comment.py FILE

FILE is what `safedeploy plan ENV --markdown FILE` wrote. Its first line, which is not shown, tells this environment's
comment from others; the comment of an earlier run is renewed, and one that says the same already is left alone. Works
in jobs of GitHub Actions (GITHUB_TOKEN, with the permission pull-requests: write) and of GitLab CI
(SAFEDEPLOY_NOTE_TOKEN, a project access token with the scope api). The standard library of Python 3.8 is enough.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

LONGEST = 65_536  # GitHub's; safedeploy keeps below it
MOST_PAGES = 50
SECONDS = 30


class Platform:
    """Where comments are: `comments` is the address of all, `comment` that of one, which is changed with `update`."""

    def __init__(self, headers: Dict[str, str], comments: str, comment: str, update: str) -> None:
        self.headers, self.comments, self.comment, self.update = headers, comments, comment, update

    def call(self, method: str, address: str, value: Optional[Dict[str, str]] = None) -> Any:
        """Make a request; the JSON of the answer."""
        data = None if value is None else json.dumps(value).encode()
        headers = {"Accept": "application/json", "Content-Type": "application/json", **self.headers}
        # The platform's own address, which it gives to its jobs.
        request = urllib.request.Request(address, data=data, method=method, headers=headers)  # noqa: S310 - as above
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
            return json.load(answer)

    def existing(self, marker: str) -> Optional[Dict[str, Any]]:
        """The comment that an earlier run wrote, or None."""
        for page in range(1, MOST_PAGES + 1):
            found: List[Dict[str, Any]] = self.call("GET", f"{self.comments}?per_page=100&page={page}")
            for comment in found:
                if str(comment.get("body") or "").startswith(marker) and self.mine(comment):
                    return comment
            if len(found) < 100:
                return None
        return None

    def mine(self, comment: Dict[str, Any]) -> bool:
        """Whether this job's account wrote it: anybody can begin a comment with our first line."""
        raise NotImplementedError


class GitHub(Platform):
    """A pull request of GitHub, or of what speaks its language."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        event = json.loads(Path(environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
        number = int(event["pull_request"]["number"])
        issues = f"{environ['GITHUB_API_URL']}/repos/{environ['GITHUB_REPOSITORY']}/issues"
        headers = {"Authorization": f"Bearer {environ['GITHUB_TOKEN']}", "X-GitHub-Api-Version": "2022-11-28"}
        super().__init__(headers, f"{issues}/{number}/comments", f"{issues}/comments", "PATCH")
        self.author = environ.get("SAFEDEPLOY_COMMENT_AUTHOR", "github-actions[bot]")

    def mine(self, comment: Dict[str, Any]) -> bool:
        """GITHUB_TOKEN is this account's, and cannot ask who it is."""
        return bool((comment.get("user") or {}).get("login") == self.author)


class GitLab(Platform):
    """A merge request of GitLab."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        api, project = environ["CI_API_V4_URL"], environ["CI_MERGE_REQUEST_PROJECT_ID"]
        notes = f"{api}/projects/{project}/merge_requests/{environ['CI_MERGE_REQUEST_IID']}/notes"
        super().__init__({"PRIVATE-TOKEN": environ["SAFEDEPLOY_NOTE_TOKEN"]}, notes, notes, "PUT")
        self.me = self.call("GET", f"{api}/user")["id"]

    def mine(self, comment: Dict[str, Any]) -> bool:
        """A note of the token's own user."""
        return bool((comment.get("author") or {}).get("id") == self.me)


def put(platform: Platform, body: str) -> str:
    """Write or renew the comment; says which."""
    marker = body.split("\n", 1)[0]
    known = platform.existing(marker)
    if known is None:
        platform.call("POST", platform.comments, {"body": body})
        return "written"
    if known["body"].replace("\r\n", "\n").strip() == body.strip():
        return "as it was"
    platform.call(platform.update, f"{platform.comment}/{int(known['id'])}", {"body": body})
    return "renewed"


def main(arguments: List[str], environ: Mapping[str, str]) -> int:
    """Exit code 0 when the comment is there; 2 on a wrong call, 1 when the platform refused."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        body = Path(arguments[0]).read_text(encoding="utf-8")
        if not re.match(r"<!-- safedeploy-plan [\w.-]+ -->\n", body) or len(body) > LONGEST:
            print(f"comment.py: {arguments[0]} is not what `safedeploy plan --markdown` writes", file=sys.stderr)
            return 2
        platform = (GitHub if environ.get("GITHUB_ACTIONS") == "true" else GitLab)(environ)
        print(f"the comment on the change request is {put(platform, body)}")
    except KeyError as error:
        print(f"comment.py: {error} is not set: is this a job of a change request?", file=sys.stderr)
        return 2
    except urllib.error.HTTPError as error:
        said = error.read(500).decode("utf-8", "replace")
        print(f"comment.py: the platform answered {error.code}: {json.dumps(said)}", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"comment.py: no comment was written: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
