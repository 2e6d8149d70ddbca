"""A watch of a fleet: it sees visitors suffer, also after a connection was cut, and says what is behind it."""

from __future__ import annotations

import json
import signal
import time

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from safedeploy.core.errors import ExitCode
from safedeploy.lab.faults import FAULTS
from safedeploy.lab.traffic import NEW, Kind, Route, Traffic
from tests.e2e.documented_shape import problems


@pytest.fixture
def watched(pushed, project, tmp_path):
    """Everything that a watch told: a connection is cut on the way, and then the backends end."""
    project.environ["XDG_STATE_HOME"] = str(tmp_path / "state")
    lab = pushed.lab
    pushed.fresh_logs()
    with pushed.visitors(), project.start("watch", "lab", "--every", "1", "--json") as running:
        time.sleep(12)
        lab.kill_sshd("web1")
        lab.start_sshd("web1")
        time.sleep(8)
        broken = time.time()
        FAULTS["backend-down"].start(lab)
        try:
            running.wait_for('"kind": "errors"', 90)
        finally:
            FAULTS["backend-down"].stop(lab)
        done = stopped(running)
    return broken, done


def stopped(running):
    """The end of a watch that is stopped as a person does it."""
    running.process.send_signal(signal.SIGINT)
    return running.done()


def test_errors_are_told_with_their_cause_after_a_connection_was_cut(pushed, project, watched):
    broken, done = watched
    assert done.code == ExitCode.OK, done.text
    alerts = [json.loads(line) for line in done.out.splitlines()]
    (errors,) = [one for one in alerts if one["kind"] == "errors"]
    assert errors["what"] == "opened"
    assert errors["site"] == "api.lab.test"
    assert sorted(errors["hosts"]) == sorted(pushed.names)
    assert errors["cause"] == "backend", (errors, project.run("show", "last", "--json").out[-3000:])
    assert any("127.0.0.1:" in line for line in errors["lines"])
    assert "silence" not in [one["kind"] for one in alerts]

    shown = project.run("show", "last", "--json").document
    assert shown["command"] == "watch"
    assert problems(shown["result"], "safedeploy-watch") == []
    assert [one["kind"] for one in shown["events"]].count("alert") == len(alerts)
    assert broken


def vaulted(project):
    """A variable of a host that only a password file opens, which the policy does not name; the options for it."""
    password = project.root / "password"
    password.write_text("correct horse\n")
    secrets = VaultLib([("default", VaultSecret(b"correct horse"))])
    variables = project.root / "inventories/lab/host_vars/web1.yml"
    variables.parent.mkdir(exist_ok=True)
    variables.write_text(secrets.encrypt(b"shop_token: 123-45-678\n").decode())
    return "--vault-password-file", str(password)


def test_a_push_that_breaks_a_page_is_taken_back_where_the_policy_has_it_so(pushed, project, tmp_path):
    project.environ["XDG_STATE_HOME"] = str(tmp_path / "state")
    project.settings(lambda document: document["environments"]["lab"].update(watch={"rollback": True}))
    pushed.fresh_logs()
    before = {host: one["known_good"] for host, one in project.status().items()}
    vault = vaulted(project)
    asked = ("--every", "1", "--json", "--limit", "web1,web2", *vault)
    # A page that no health check asks for.
    item = Kind(name="items", routes=(Route(site="app.lab.test", path="/item/8", text="An item"),), visitor=NEW.visitor)
    visitors = Traffic([pushed.host(name) for name in pushed.names], pushed.lab.certificate, [item])
    with visitors, project.start("watch", "lab", *asked) as running:
        time.sleep(15)
        project.conf("Redirect 503 /item/8")
        broken = project.push(*vault)
        assert broken.code == ExitCode.OK, broken.text
        running.wait_for("the rollback is done: ", 90)
        done = stopped(running)
    assert done.code == ExitCode.OK, done.text
    after = {host: one["known_good"] for host, one in project.status(*vault).items()}
    assert (after["web1"], after["web2"]) == (before["web1"], before["web2"])
    assert after["web3"] != before["web3"], "the watch was of web1 and web2 alone"
    (back,) = project.run("history", "lab", "--command", "rollback", "--json").document["runs"]
    assert back["reason"].startswith("watch: server errors of app.lab.test")
