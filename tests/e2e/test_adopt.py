"""`adopt` takes a running fleet into a project, changes nothing on it, and the plan is empty then."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest
import yaml

from safedeploy.core.errors import ExitCode
from tests.e2e import program, set_up_by_hand
from tests.e2e.conftest import place
from tests.e2e.documented_shape import problems

INVENTORY = "inventories/prod"


class Unsafe(yaml.SafeLoader):
    """Reads Ansible's `!unsafe` as the text that it is."""


Unsafe.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


class Adopted:
    """A project that a lab fleet is adopted into."""

    def __init__(self, root, fleet):
        self.root = root
        self.fleet = fleet
        self.environ = place(fleet)

    def run(self, *words):
        return program.run("-C", str(self.root), *words, cwd=self.root.parent, environ=self.environ)

    def set_up(self, script):
        """Make the fleet what an administrator made it, by hand; `tree` is what is then on it."""
        self.fleet.restore("untouched")
        whole = f"set -e\n{set_up_by_hand.PLAIN}{script}\napache2ctl graceful"
        self.fleet.each(lambda host: self.fleet.shell(host, f"set -- {host}\n{whole}"))
        self.tree = self.fleet.trees()

    def inventory(self):
        """An inventory of the lab's hosts, of which two are a group."""
        made = self.root.parent / "hosts"
        made.mkdir()
        shutil.copy(self.fleet.lab.inventory, made / "hosts.json")
        (made / "groups.yml").write_text(json.dumps({"front": {"hosts": {"web1": {}, "web2": {}}}}))
        return str(made)

    def adopt(self, *words):
        """Adopt, and hold it against what it promises."""
        done = self.run("adopt", "prod", *words, "--json")
        assert done.code == ExitCode.OK, done.text
        assert self.fleet.trees() == self.tree, "adopt has changed a host"
        assert problems(done.document, "safedeploy-adopt") == []
        return done.document

    def plan_is_empty(self):
        plan = self.run("plan", "prod", "--json", "--no-examine")
        assert plan.code == ExitCode.OK, plan.text
        changes = {
            (host, action["path"], action["reason"])
            for host, one in plan.document["hosts"].items()
            for action in one["actions"]
            if action["action"] != "none"
        }
        assert changes == set()
        return {path for one in plan.document["hosts"].values() for path in (a["path"] for a in one["actions"])}

    def read(self, name) -> Any:
        return yaml.load((self.root / name).read_text(), Unsafe)

    def texts(self):
        """All that was written, by path."""
        return {str(path): path.read_bytes() for path in self.root.rglob("*") if path.is_file()}


@pytest.fixture
def adopted(tmp_path, namespaces, fleet):
    yield Adopted(tmp_path / "project", fleet)
    fleet.restore("untouched")


def how(document):
    return {one["path"]: one["how"] for one in document["taken"]}


def test_hosts_that_are_the_same_become_files(adopted):
    adopted.set_up(set_up_by_hand.TWO_SITES)
    assert adopted.run("init", str(adopted.root)).code == ExitCode.OK
    shutil.copy(adopted.fleet.lab.inventory, adopted.root / INVENTORY / "hosts.yml")
    (adopted.root / INVENTORY / "host_vars/web1.yml").write_text("motto: kept\n")
    document = adopted.adopt()
    assert len(document["files"]["replaced"]) == 4, "the example has not made room"
    assert how(document) == {
        "sites-available/blog.conf": "file",
        "sites-available/shop.conf": "file",
        "sites-enabled/blog.conf": "safedeploy_sites",
        "sites-enabled/shop.conf": "safedeploy_sites",
    }
    assert adopted.plan_is_empty() >= {"/etc/apache2/sites-enabled/shop.conf", "/etc/apache2/sites-available/blog.conf"}
    assert adopted.read(f"{INVENTORY}/group_vars/all/adopted.yml")["safedeploy_sites"] == ["blog", "shop"]

    assert adopted.adopt()["files"] == {"new": [], "moved": [], "replaced": []}, "a second time finds something more"
    adopted.fleet.shell("web3", "echo '# by hand' >> /etc/apache2/sites-available/shop.conf")
    refused = adopted.run("adopt", "prod")
    assert refused.code == ExitCode.INVALID
    assert "error[adopt-project-differs]" in refused.err
    assert "web3: /etc/apache2/sites-available/shop.conf: content differs" in refused.err


def test_small_differences_become_templates_with_variables_of_the_hosts(adopted):
    adopted.set_up(set_up_by_hand.SMALL_DIFFERENCES)
    found = how(adopted.adopt("--inventory", adopted.inventory()))
    adopted.plan_is_empty()
    assert (
        found["ports.conf"]
        == found["sites-available/shop.conf"]
        == found["mods-available/mpm_event.conf"]
        == "template"
    )
    variables = adopted.read(f"{INVENTORY}/host_vars/web2/adopted.yml")
    assert variables["server_name"] == "shop2.example.test"
    assert variables["max_request_workers"] == 250
    assert variables["listen_address"] == "127.0.0.2"
    assert "ServerName {{ server_name }}" in (adopted.root / "templates/prod/sites-available/shop.conf.j2").read_text()


def test_a_host_in_another_role_gets_its_own_and_a_group_what_its_hosts_have(adopted):
    adopted.set_up(set_up_by_hand.ANOTHER_ROLE)
    adopted.adopt("--inventory", adopted.inventory())
    adopted.plan_is_empty()
    own = adopted.read(f"{INVENTORY}/host_vars/web3/adopted.yml")
    assert own["safedeploy_sites"] == ["entrance"]
    assert "proxy_balancer" in own["safedeploy_modules"]
    assert {"absent": True, "dest": "mods-enabled/status.load"} in own["safedeploy_files_adopted_host"]
    front = adopted.read(f"{INVENTORY}/group_vars/front/adopted.yml")["safedeploy_files_adopted_group_front"]
    assert "conf-available/front.conf" in {entry["dest"] for entry in front}


def test_secrets_and_keys_stay_on_the_hosts(adopted):
    adopted.set_up(set_up_by_hand.SECRETS)
    document = adopted.adopt("--inventory", adopted.inventory())
    adopted.plan_is_empty()
    left = {one["path"]: one["why"] for one in document["left"] if one["kind"] == "secret"}
    assert set(left) == {
        "ssl/private/shop.pem",
        "ssl/shop.key",
        "ssl/both.pem",
        ".htpasswd",
        "conf-available/quiet.conf",
        "conf-available/directory.conf",
        "conf-available/old-database.conf",
    }
    assert left["conf-available/directory.conf"] == "AuthLDAPBindPassword (line 3)"
    assert "conf-available/harmless.conf" in how(document)
    assert [name for name, data in adopted.texts().items() if b"swordfish" in data or b"PRIVATE KEY" in data] == []
    assert "swordfish" not in json.dumps(document)


# Another host list each time: a dynamic inventory that changes while it is being used.
FICKLE = """\
#!/usr/bin/env python3
import json, pathlib
known = json.loads(pathlib.Path({hosts!r}).read_text())["all"]["children"]["web"]["hosts"]
runs = pathlib.Path({runs!r})
late = {{"link": "nowhere", "dest": "conf-enabled/late.conf"}}
extra = {{"safedeploy_files_late": [late]}} if runs.exists() else {{}}
runs.touch()
print(json.dumps({{"web": {{"hosts": list(known), "vars": extra}}, "_meta": {{"hostvars": known}}}}))
"""


def test_what_is_not_as_the_hosts_are_is_said_with_its_path(adopted):
    adopted.set_up(set_up_by_hand.TWO_SITES)
    script = adopted.root.parent / "hosts.py"
    script.write_text(FICKLE.format(hosts=str(adopted.fleet.lab.inventory), runs=str(adopted.root.parent / "runs")))
    script.chmod(0o755)
    done = adopted.run("adopt", "prod", "--inventory", str(script), "--dry-run")
    assert done.code == ExitCode.DIFFERENCES, done.text
    assert "error[adopt-not-empty]" in done.err
    assert "web1: /etc/apache2/conf-enabled/late.conf: not there yet" in done.err
    assert "Nothing was written" in done.err
    assert not adopted.root.exists()
    assert adopted.fleet.trees() == adopted.tree


def test_what_is_messy_comes_through_and_a_rollback_brings_it_back(adopted):
    adopted.set_up(set_up_by_hand.MESSY)
    document = adopted.adopt("--inventory", adopted.inventory())
    paths = adopted.plan_is_empty()
    assert {one["path"] for one in document["left"] if one["kind"] == "leftover"} == {
        "sites-available/shop.conf.bak",
        "sites-available/blog.conf~",
    }
    assert how(document)["sites-enabled/blog.conf"] == "file"
    assert how(document)["conf-available/braces.conf"] == "template"
    assert {f"/etc/apache2/conf-enabled/{name}.conf" for name in ("windows", "latin", "a name", "security")} <= paths
    settings = adopted.read("safedeploy.yml")
    settings["defaults"]["rollout"] = {"confirm_window": "20s"}
    (adopted.root / "safedeploy.yml").write_text(yaml.safe_dump(settings))
    site = adopted.root / "files/prod/sites-available/shop.conf"
    site.write_bytes(
        site.read_bytes().replace(b"    DocumentRoot", b"    ServerAlias store.example.test\n    DocumentRoot")
    )
    pushed = adopted.run("push", "prod", "--limit", "web2", "--yes", "--no-diff")
    assert pushed.code == ExitCode.OK, pushed.text
    assert "store.example.test" in adopted.fleet.shell("web2", "cat /etc/apache2/sites-enabled/shop.conf")
    back = adopted.run("rollback", "prod", "--limit", "web2", "--yes", "--no-diff", "--to", "adopted")
    assert back.code == ExitCode.OK, back.text
    assert adopted.fleet.trees() == adopted.tree
