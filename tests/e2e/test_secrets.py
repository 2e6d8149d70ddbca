"""No secret is shown, recorded or left behind, whatever becomes of a run: searched for on both sides."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import zlib
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from safedeploy.core.errors import ExitCode
from tests.e2e.canaries import Canaries, new
from tests.e2e.conftest import place
from tests.e2e.project import Project

# The whole of a host that can be written to.
HOST_PLACES = ("/etc", "/var", "/tmp", "/root", "/home", "/run", "/dev/shm")
HOST = "web2"  # reached as a user whose sudo asks for a password
MEMORY = Path("/dev/shm")


def encrypted(text):
    return VaultLib([("default", VaultSecret(b"open sesame"))]).encrypt(text.encode()).decode()


def inline(text):
    """As `!vault` of a YAML file."""
    return "!vault |\n" + "".join(f"    {line}\n" for line in encrypted(text).splitlines())


class Story:
    """A project full of secrets, its runs, and everything that they said."""

    def __init__(self, project, fleet, base):
        self.project, self.fleet, self.outside = project, fleet, base / "outside"
        self.said: dict[str, str] = {}
        for name in ("home", "tmp", "config", "cache", "data", "state"):
            (self.outside / name).mkdir(parents=True)
        key = [new(64) for _ in range(4)]
        self.canaries = Canaries(
            {
                "a value in a vault": new(),
                "a file that is a vault": new(),
                "a variable that is named": new(),
                "a private key": key[2],
                "sudo's password": json.loads(fleet.lab.credentials.read_text())["operator"],
            }
        )
        self._write_project(key, *list(self.canaries.values.values())[:3])
        self._sources = {path for _, path in self.canaries.below(project.root)}

    def _write_project(self, key, vaulted, in_vault, named):
        root, password = self.project.root, self.canaries.values["sudo's password"]
        (root / "password").write_text("open sesame\n")
        (root / "files").mkdir()
        (root / "files/shop.key").write_text(
            "\n".join(["-----BEGIN PRIVATE KEY-----", *key, "-----END PRIVATE KEY-----", ""])
        )
        (root / "inventories/lab/group_vars/web").mkdir()
        self.group("inline", f"shop_token: {inline(vaulted)}")
        self.group("whole", encrypted(f"shop_key: {in_vault}\n"))
        self.group("named", f"shop_pin: {named}\nsafedeploy_secrets: [shop_pin]\n")
        files = [
            {"template": "shop.conf.j2", "dest": "conf-available/shop.conf", "mode": "0600"},
            {"link": "../conf-available/shop.conf", "dest": "conf-enabled/shop.conf"},
            {"static": "files/shop.key", "dest": "conf-available/shop.key", "mode": "0600"},
        ]
        self.group("shop", json.dumps({"safedeploy_files_shop": files}))
        self.project.of_host(HOST, ansible_user="operator", ansible_become=True, ansible_become_password=password)
        self.shop()

    def group(self, name, text):
        (self.project.root / f"inventories/lab/group_vars/web/{name}.yml").write_text(text)

    def shop(self, *more):
        lines = ['SetEnv SHOP_TOKEN "{{ shop_token }}"', "# {{ shop_key }}", 'SetEnv SHOP_PIN "{{ shop_pin }}"', *more]
        self.project.template("shop.conf.j2", "\n".join(lines) + "\n")

    @property
    def environ(self):
        """A home and temporary directories of its own: whatever is left there is this story's."""
        xdg = {f"XDG_{name.upper()}_HOME": str(self.outside / name) for name in ("config", "cache", "data", "state")}
        return {"HOME": str(self.outside / "home"), "TMPDIR": str(self.outside / "tmp"), **xdg}

    def arguments(self, command, *more):
        return ("-vvv", command, "lab", "--limit", HOST, "--vault-password-file", "password", *more)

    def run(self, title, command, *more):
        done = self.project.run(*self.arguments(command, *more), **self.environ)
        self.said[title] = done.text
        return done

    def kill_a_push_half_way(self):
        with self.project.start(*self.arguments("push", "--yes"), **self.environ) as run:
            self.fleet.wait_until_leased(HOST)
            self.at_work = self.of_control()
            places = {MEMORY / path.relative_to(MEMORY).parts[0] for _, path in self.at_work}
            self.modes = {place: place.stat().st_mode & 0o777 for place in places}
            run.process.kill()
            run.process.wait()
        self.said["a push that was killed"] = run.text

    def of_control(self):
        """Where secrets are on this machine, beside the project's own files."""
        found = self.canaries.below(self.project.root, self.outside, MEMORY, *Path("/tmp").glob("sd-*"))
        return [hit for hit in found if hit[1] not in self._sources]

    def of_host(self):
        """Where secrets are on the host, beside the managed files and the private store of contents."""
        layout = self.fleet.host(HOST).layout
        meant = (f"{layout.server_root}/conf-available/shop.", f"{layout.state_dir}/objects/")
        found = self.canaries.on_host(self.fleet.lab, HOST, *HOST_PLACES)
        assert {name for name, path in found if path.startswith(meant[0])} == set(list(self.canaries.values)[:4])
        return [hit for hit in found if not hit[1].startswith(meant)]


@pytest.fixture(scope="module")
def story(fleet, first_release, tmp_path_factory):
    """Runs of every kind, as verbose as can be, and what was seen of them on the way."""
    if not fleet.in_namespaces:
        pytest.skip("needs hosts in namespaces, with users")
    first_release()
    base = tmp_path_factory.mktemp("secrets")
    (base / "project").mkdir()
    story = Story(Project(base / "project", place(fleet)), fleet, base)
    with story.canaries.watched() as story.in_processes:
        assert story.run("a plan", "plan", "--out", "plan.json").code == ExitCode.OK
        assert story.run("a push", "push", "--yes", "--plan", "plan.json").code == ExitCode.OK
        story.shop("{{ shop_token }} on")
        assert story.run("a push of a line that httpd refuses", "push", "--yes").code == ExitCode.REFUSED
        story.shop("RedirectMatch ^/$ https://www.lab.test/?{{ shop_token }}&pin={{ shop_pin }}")
        assert story.run("a check that finds a regression", "check", "--json").code == ExitCode.REFUSED
        story.project.without_shadow()
        story.shop("Header set X-Shop old")
        checks = [{"url": "http://app.lab.test/", "body": "{{ shop_key }}", "headers": {"X-Shop": "{{ shop_pin }}"}}]
        story.group("health", json.dumps({"safedeploy_health": checks}))
        assert story.run("a push that goes back", "push", "--yes", "--json").code == ExitCode.REVERTED
        story.run("a status", "status", "--json")
        story.kill_a_push_half_way()
        assert story.run("a check after it", "check").code == ExitCode.LEASE_HELD
    return story


def test_no_run_shows_a_secret(story):
    assert {title: story.canaries.in_text(text) for title, text in story.said.items()} == {
        title: [] for title in story.said
    }
    assert "Invalid command '********'" in story.said["a push of a line that httpd refuses"]
    assert (
        "RedirectMatch ^/$ https://www.lab.test/?********&pin=********" in story.said["a check that finds a regression"]
    )
    assert "(not shown: the check holds a secret)" in story.said["a push that goes back"]


def test_no_secret_is_in_the_arguments_or_the_environment_of_a_process(story):
    assert story.in_processes == set()


def test_nothing_on_the_control_machine_keeps_a_secret(story):
    assert story.of_control() == []


def test_the_history_has_none_in_what_it_compresses(story):
    with contextlib.closing(sqlite3.connect(story.outside / "state/safedeploy/history.db")) as history:
        kept = {
            table: [zlib.decompress(body).decode() for (body,) in history.execute(f"SELECT body FROM {table}")]
            for table in ("documents", "texts", "trees")
        }
    assert all(kept.values())
    assert any("********" in text for text in kept["texts"])
    assert [hit for texts in kept.values() for text in texts for hit in story.canaries.in_text(text)] == []
    key = hashlib.sha256((story.project.root / "files/shop.key").read_bytes()).hexdigest()
    assert [table for table, texts in kept.items() if any(key in text for text in texts)] == []


def test_the_pages_of_its_runs_have_none_nor_a_digest_of_a_private_key(story):
    pages = [path.read_text() for path in (story.outside / "state/safedeploy/reports/lab").glob("*.html")]
    assert any("********" in page for page in pages)
    assert [hit for page in pages for hit in story.canaries.in_text(page)] == []
    key = hashlib.sha256((story.project.root / "files/shop.key").read_bytes()).hexdigest()
    assert not any(key in page for page in pages)


def test_a_run_has_its_secrets_in_private_directories_in_memory_and_none_stays_when_it_is_killed(story):
    assert story.at_work, "it was killed before it had written anything: this shows nothing"
    assert set(story.modes.values()) == {0o700}
    assert [place for place in story.modes if place.exists()] == []


def test_a_host_keeps_secrets_in_its_managed_files_and_its_private_store_alone(story):
    assert [hit for hit in story.of_host() if "/preflight.json" not in hit[1]] == []
    state = story.fleet.host(HOST).layout.state_dir
    assert story.fleet.shell(HOST, f"find {state} ! -type l -perm /0077") == ""
