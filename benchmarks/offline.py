"""How long render, lint and plan take for a large fleet of which no host is asked, and how much memory.

    python benchmarks/offline.py [--hosts 1000] [--sites 22] [--runs 3] [--json FILE]

Each host has `sites` virtual hosts and eight files more, the links of what is enabled not counted; its own address and
name stand in two of them, and a third of the hosts belong to a group with other limits. What is live there is what the
history would have on record: the release before, in which one line of one template was different. Each run is a process
of its own, so that nothing is known from before.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import fleet
import yaml

from safedeploy.cli.collector import spare
from safedeploy.core.observed import Httpd, Observed
from safedeploy.core.tree import Kind
from safedeploy.workflows import lint, planning, rendering
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.observe import Seen
from safedeploy.workflows.session import Session, Target

STATUS = """\
Listen {{ ansible_host }}:8089
<VirtualHost {{ ansible_host }}:8089>
  ServerName {{ inventory_hostname }}.internal.example
  <Location "/server-status">
    SetHandler server-status
    Require local
  </Location>
</VirtualHost>
"""
NAMED = 'Header always set X-Served-By "{{ inventory_hostname }}"\n'
LIMITS = "Timeout {{ timeout }}\nKeepAliveTimeout {{ keep_alive }}\nLimitRequestBody {{ body_limit }}\n"
STATIC = "# {name}\nAddType application/x-{name} .{name}\n"
TARGET = 15.0, 500.0  # seconds, MB


def project(directory: Path, hosts: int, sites: int) -> None:
    """A project as a team would have it."""
    templates = directory / "templates"
    templates.mkdir()
    for one in (fleet.ROOT / "templates").rglob("*"):
        if one.is_file():
            place = templates / one.relative_to(fleet.ROOT / "templates")
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(one.read_bytes())
    for name, text in (("status-own", STATUS), ("named", NAMED), ("limits", LIMITS)):
        (templates / f"{name}.conf.j2").write_text(text)
    (directory / "files").mkdir()
    for number in range(3):
        (directory / f"files/types{number}.conf").write_text(STATIC.format(name=f"kind{number}"))
    names = [f"web{number:04}" for number in range(hosts)]
    inventory = directory / "inventories/prod"
    (inventory / "group_vars").mkdir(parents=True)
    document = {
        "all": {
            "children": {
                "web": {"hosts": {name: {"ansible_host": f"10.{n >> 8}.{n & 255}.7"} for n, name in enumerate(names)}},
                "large": {"hosts": {name: {} for name in names[::3]}},
            }
        }
    }
    (inventory / "hosts.yml").write_text(yaml.safe_dump(document))
    (inventory / "group_vars/web.yml").write_text(yaml.safe_dump(_variables(sites)))
    (inventory / "group_vars/large.yml").write_text(yaml.safe_dump({"body_limit": 1 << 28}))
    settings = {"version": 1, "project": "shop", "environments": {"prod": {"inventory": "inventories/prod"}}}
    (directory / "safedeploy.yml").write_text(yaml.safe_dump(settings))


def _variables(sites: int) -> dict[str, Any]:
    plain = ("log-formats", "security-headers", "status-own", "named", "limits")
    confs = [*plain, "types0", "types1", "types2"]
    return {
        "ansible_user": "deploy",
        "web_root": "/srv/www",
        "timeout": 60,
        "keep_alive": 5,
        "body_limit": 1 << 24,
        "access_log_format": "vhost_timed",
        "sites": [
            {
                "name": f"site{number:02}",
                "server_name": f"site{number:02}.example.com",
                "document_root": "{{ web_root }}/" + f"site{number:02}",
                "options": "-Indexes +FollowSymLinks",
                "headers": {"X-Site": f"site{number:02}"},
            }
            for number in range(sites)
        ],
        "safedeploy_files": [
            {"template": "vhost.conf.j2", "dest": "sites-available/{{ item.name }}.conf", "loop": "{{ sites }}"},
            *({"template": f"{name}.conf.j2", "dest": f"conf-available/{name}.conf"} for name in plain),
            *({"static": f"files/types{n}.conf", "dest": f"conf-available/types{n}.conf"} for n in range(3)),
        ],
        "safedeploy_sites": "{{ sites | map(attribute='name') | list }}",
        "safedeploy_confs": confs,
        "safedeploy_modules": ["alias", "headers", "rewrite", "status"],
    }


def measured(directory: Path) -> dict[str, Any]:
    """One run, in this process: seconds of each part, and the most memory that it had, in MB."""
    spare()  # as the program does
    seconds: dict[str, float] = {}
    began = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal began
        now = time.perf_counter()
        seconds[name], began = now - began, now

    with Session(Target(project=directory, environment="prod")) as session:
        hosts = len(session.hosts)
        lap("inventory")
        desired = rendering.render(session)
        lap("render")
        outcome = lint.lint(session, desired)
        lap("lint")
        seen = Seen(hosts={host: _recorded(host, one) for host, one in desired.items()}, missing={})
        lap("(recorded)")
        plan = planning.make_plan(session, desired, seen)
        lap("plan")
    del seconds["(recorded)"]
    files = sum(1 for one in desired.values() for entry in one.tree.entries.values() if entry.kind is Kind.FILE)
    return {
        "hosts": hosts,
        "files": files,
        "changed": sum(one.verdict.acts for one in plan.hosts.values()),
        "diffs": len(plan.diffs),
        "configurations": outcome.configurations,
        "seconds": seconds,
        "whole": sum(seconds.values()),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _recorded(host: str, desired: Desired) -> Observed:
    """The host on the release before."""
    tree = dict(desired.tree.entries)
    path = next(path for path in tree if path.endswith("security-headers.conf") and tree[path].kind is Kind.FILE)
    content = desired.tree.content[tree[path].sha256 or ""].replace(b"nosniff", b"sniff")
    tree[path] = replace(tree[path], sha256=f"{host.encode().hex():0>64}"[-64:], size=len(content))
    return Observed(
        host=host,
        current="aaaabbbbcccc",
        known_good="aaaabbbbcccc",
        httpd=Httpd(installed=True, running=True, loaded=True),
        live=tree,
        live_digest="0" * 64,
        current_tree=tree,
        content={str(tree[path].sha256): content},
    )


def main() -> None:
    """Measure, show, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--sites", type=int, default=22)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--within", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.within is not None:
        print(json.dumps(measured(options.within)))
        return
    with tempfile.TemporaryDirectory(prefix="safedeploy-benchmark-") as name:
        directory = Path(name) / "project"
        directory.mkdir()
        project(directory, options.hosts, options.sites)
        runs = []
        for _ in range(options.runs):
            command = [sys.executable, __file__, "--within", str(directory)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            runs.append(json.loads(done.stdout))
            print(_line(runs[-1]), flush=True)
    whole = statistics.median(one["whole"] for one in runs)
    memory = max(one["memory"] for one in runs)
    print(f"median {whole:.1f} s (wanted: {TARGET[0]:.0f}), at most {memory:.0f} MB (wanted: {TARGET[1]:.0f})")
    fleet.written({"runs": runs, "median": whole, "memory": memory}, options.json)


def _line(one: dict[str, Any]) -> str:
    parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in one["seconds"].items())
    return (
        f"{one['hosts']} hosts, {one['files']} files, {one['configurations']} configurations, {one['changed']} would "
        f"change ({one['diffs']} differences): {one['whole']:.1f} s ({parts}), {one['memory']:.0f} MB"
    )


if __name__ == "__main__":
    main()
