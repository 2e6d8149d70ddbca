"""A host that needs hands is named with its steps wherever it is shown, and they bring it back."""

from __future__ import annotations

import re

from safedeploy.core.errors import ExitCode


def drifted(project):
    items = project.run("drift", "lab", "--json").document["items"]
    return {(one["host"], one["kind"], one["path"]) for one in items}


def test_the_steps_on_the_screen_bring_a_stranded_host_back(pushed, project, namespaces):
    host = pushed.host("web1").layout
    enabled = f"{host.server_root}/conf-enabled/types.conf"
    types = f"{host.server_root}/types"  # outside of management, as is the file that names it
    give = f"echo 'text/html html' > {types}"
    pushed.shell("web1", f"{give} && echo 'TypesConfig {types}' > {enabled}")
    project.second_release()
    assert project.push("--hold").code == ExitCode.OK
    assert drifted(project) == {("web1", "pending", None), ("web1", "extra", enabled)}
    pushed.shell("web1", f"rm {types}")
    pushed.lab.kill_httpd("web1")

    done = project.run("abort", "lab")

    assert done.code == ExitCode.STRANDED, done.text
    assert done.ends() == {"web1": "stranded"}
    assert ("web1", "stranded", None) in drifted(project)
    shown = re.findall(r"^  \d+\. (.*)$", done.out, re.MULTILINE)
    status = project.run("status", "lab")
    assert re.findall(r"^web1: +\d+\. (.*)$", status.out, re.MULTILINE) == shown
    on_host = f"python3 -I -S {host.state_dir}/agent/current status"
    said = pushed.shell("web1", f"{on_host} || test $? = 7")
    assert re.findall(r"^  \d+\. (.*)$", said, re.MULTILINE) == shown

    pushed.shell("web1", give)
    for step in shown:
        pushed.shell("web1", step)

    assert "STRANDED" not in pushed.shell("web1", f"{on_host} || test $? = 1")
    pushed.wait_until_served("web1")
