"""Rendering is byte for byte what ansible.builtin.template writes with the same variables."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from textwrap import indent

import pytest
import yaml

from safedeploy.adapters.ansible.inventory import load
from safedeploy.adapters.ansible.render import Renderer
from safedeploy.core.policy import Policy
from tests.integration.render.ansible_template import PLAIN_COPY, encrypt, run
from tests.integration.templates.cases import CASES

ROUTES = {"app_routes": [{"pattern": "^old$", "to": "/new"}], "app_entry": "index.php", "app_not_found": "/404.html"}
STARTED = [*CASES.values(), ("htaccess.j2", {}), ("htaccess.j2", ROUTES)]

HERE = Path(__file__).parent
AWKWARD = yaml.safe_load((HERE / "awkward.yml").read_text())
FILES = {
    "templates/inner.j2": "inner {{ http_port }}\n",
    "templates/parts/inner.j2": "part {{ http_port }}\n{% if true %}\nx\n{% endif %}\n",
    "templates/macros.j2": "{% macro listen(p) %}Listen {{ p }} {{ motto }}{% endmacro %}\n"
    "{% macro bare() %}bare{% endmacro %}\n",
    "templates/layout.j2": "<top>\n{% block body %}\ndefault\n{% endblock %}\n</top>\n",
    "templates/deep/er/beside.txt": "beside\n",
    "files/banner.txt": "Banner line 1\nline 2\n\n",
}

STARTERS = Path(__file__).parents[3] / "templates"
HOSTS = ("web1", "web2")


def written(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def compare(project: Path, entries, copy=PLAIN_COPY, **policy):
    """Run both on the declarations; `{path: (ours, Ansible's)}` of all that either has written."""
    if copy:
        (project / "action_plugins").mkdir()
        (project / "action_plugins/copy.py").write_text(copy)
    out = project / "out"
    for host in HOSTS:
        (out / host).mkdir(parents=True)
    declared = {
        "safedeploy_files": entries,
        "safedeploy_site": {"allowed_roots": [str(out)]},
        "ansible_python_interpreter": sys.executable,
    }
    (project / "inventories/prod/group_vars/all/files.yml").write_text(yaml.safe_dump(declared, width=10**6))
    with load(project, Policy(environment="prod", inventory="inventories/prod", **policy)) as inventory:
        done = Renderer(project, Policy(environment="prod", inventory="inventories/prod"), inventory).render_all()
    ours = {
        path: rendered.tree.content[entry.sha256]
        for rendered in done.values()
        for path, entry in rendered.tree.entries.items()
    }
    password = project / policy["vault_password_file"] if "vault_password_file" in policy else None
    run(project, entries, inventory="inventories/prod", password_file=password)
    theirs = written(out)
    return {path: (ours.get(path), theirs.get(path)) for path in sorted(ours | theirs)}


@pytest.fixture
def project(tmp_path, monkeypatch):
    for folder in ("templates", "files", "inventories/prod/group_vars/all", "inventories/prod/host_vars"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "inventories/prod/hosts.ini").write_text("[web]\nweb1 host_only=from_ini\nweb2 http_port=9090\n")
    monkeypatch.setenv("PARITY_PROBE", "probe")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def different(compared):
    return {Path(path).name: both for path, both in compared.items() if both[0] != both[1]}


def test_awkward_templates_come_out_as_the_template_module_writes_them(project):
    password = project / "password"
    password.write_text("open sesame\n")
    secret = encrypt("s3cret/+ü", password)
    variables = project / "inventories/prod/group_vars/all"
    shutil.copy(HERE / "variables.yml", variables)
    (variables / "inline.yml").write_text(f"secret: !vault |\n{indent(secret, '  ')}")
    (variables / "whole.yml").write_text(encrypt("vault_whole: 'whole {{ http_port }}'\n", password))
    for name, text in FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    entries = []
    for number, (name, case) in enumerate(AWKWARD.items()):
        source = Path(case.get("folder", ".")) / f"{number}.j2"
        (project / "templates" / source).write_bytes(case["text"].encode(case.get("encoding", "utf-8")))
        keys = case.get("keys", {})
        item = "-{{ " + keys.get("loop_var", "item") + ".name }}" if "loop" in keys else ""
        dest = f"{project}/out/{{{{ inventory_hostname }}}}/{name}{item}"
        entries.append({"template": str(source), "dest": dest, "mode": "0644", **keys})
    compared = compare(project, entries, vault_password_file="password")
    assert different(compared) == {}
    assert len(compared) > 2 * len(AWKWARD) - 2


def test_each_starter_template_comes_out_as_the_template_module_writes_it(project):
    (project / "templates").rmdir()
    (project / "templates").symlink_to(STARTERS)
    entries = [
        {
            "template": template,
            "dest": f"{project}/out/{{{{ inventory_hostname }}}}/{number}-{template}",
            "mode": "0644",
            "vars": variables,
            "when": "inventory_hostname == 'web1'",
        }
        for number, (template, variables) in enumerate(STARTED)
    ]
    compared = compare(project, entries)
    assert different(compared) == {}
    assert len(compared) == len(STARTED)


def test_the_whole_module_writes_the_same_with_its_own_last_step(project):
    (project / "templates/a.j2").write_text(
        "#jinja2: newline_sequence: '\\r\\n'\n{{ 'grüße' }}\n{{ inventory_hostname }}\n\n"
    )
    entries = [{"template": "a.j2", "dest": f"{project}/out/{{{{ inventory_hostname }}}}/a", "mode": "0644"}]
    compared = compare(project, entries, copy=None)
    assert different(compared) == {}
    assert [ours.splitlines()[0] for ours, _ in compared.values()] == ["grüße".encode()] * 2


def test_every_starter_template_is_among_the_compared_ones():
    starters = {path.name for path in STARTERS.glob("*.j2")}
    assert starters - {template for template, _ in STARTED} == set()
