"""Shadows on a host whose paths and ports are a distribution's own, and which is itself made of namespaces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from safedeploy.adapters import agent_file
from safedeploy.core.layouts import LAYOUTS
from safedeploy.lab import Lab
from tests.apache_fixture import file_entry

pytestmark = [pytest.mark.apache, pytest.mark.lab]

PROGRAM = r"""
import http.client, json, sys, time
sys.path.insert(0, sys.argv[1])
from safedeploy_host.shadow import pair

request = json.load(sys.stdin)

def ask(port, name, path):
    connection = http.client.HTTPConnection(request["address"], port, timeout=10)
    connection.request("GET", path, headers={"Host": name})
    response = connection.getresponse()
    return [response.status, response.read().decode()]

def work(shadow):
    found = {"ports": request["ports"]}
    found["app"] = ask(request["ports"][0], "api.lab.test", "/hello")[0]
    found["gone"] = ask(request["ports"][0], "app.lab.test", "/.well-known/gone")[0]
    found["counts"] = sum(shadow.log_counts().values())
    return found

begun = time.monotonic()
booted = pair.run(request["site"], request["entries"], lambda digest: request["text"].encode(), request["world"], work)
print(json.dumps({"booted": booted, "seconds": time.monotonic() - begun}))
"""


def test_both_trees_run_on_a_lab_host_and_the_host_is_left_as_it_was(lab: Lab) -> None:
    host = lab.hosts[0]
    elsewhere = lab.ground.environment(host.name)
    overrides: dict[str, Any] = {"server_root": host.layout.server_root}
    if elsewhere:
        overrides["httpd"] = {"env": elsewhere}
    text = 'Redirect gone "/.well-known/gone"\n'
    request = {
        "site": LAYOUTS["debian"].site(overrides),
        "entries": {f"{host.layout.server_root}/conf-enabled/gone.conf": file_entry(text.encode())},
        "text": text,
        "address": host.address,
        "ports": [host.http_port, host.https_port],
        "world": {"backends": [{"name": "127.0.0.1", "port": host.backend_port, "place": "x:1"}], "seconds": 30},
    }
    place = host.layout.log_dir
    lab.put(host.name, f"{place}/agent.pyz", agent_file.build().path.read_bytes())
    lab.put(host.name, f"{place}/program.py", PROGRAM)
    before = (lab.snapshot(host.name), lab.httpd_pid(host.name), traces(lab, host.name, place))

    done = lab.exec(
        host.name,
        ["/usr/bin/python3", "-I", "-S", f"{place}/program.py", f"{place}/agent.pyz"],
        content=json.dumps(request).encode(),
    )

    assert done.returncode == 0, done.stderr.decode()
    answer = json.loads(done.stdout)
    live, candidate = answer["booted"]["live"], answer["booted"]["candidate"]
    assert (live["up"], candidate["up"]) == (True, True), answer
    assert (live["value"]["app"], candidate["value"]["app"]) == (200, 200)
    assert (live["value"]["gone"], candidate["value"]["gone"]) == (404, 410)
    assert live["limits"] == candidate["limits"] == []
    assert (lab.snapshot(host.name), lab.httpd_pid(host.name), traces(lab, host.name, place)) == before
    lab.exec(host.name, ["rm", f"{place}/agent.pyz", f"{place}/program.py"])


def traces(lab: Lab, name: str, place: str) -> str:
    """The host's processes, mounts, logs and System V semaphores."""
    command = (
        f"cat /proc/self/mountinfo | wc -l; cat /proc/sysvipc/sem | wc -l; wc -c {place}/*.log; ls /run /run/apache2"
    )
    return lab.exec(name, ["sh", "-c", command]).stdout.decode()
