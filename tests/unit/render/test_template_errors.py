"""An error of a template says template, line, variable and hosts, and never shows a secret."""

from __future__ import annotations

import pytest

from safedeploy.core.errors import SafedeployError
from tests.unit.inventory.project import rendered, write

BASE = {
    "inventories/prod/hosts.ini": "[web]\nweb1\nweb2\nweb3\nweb4\nweb5\n",
    "inventories/prod/group_vars/all.yml": "safedeploy_files: [{template: a.j2, dest: a}]\n"
    "nested: '{{ inner }}'\nd: {x: 1}\npassword: hunter2-secret\nsafedeploy_secrets: [password]\n",
}


def refusal(project, template, more=None):
    write(project, BASE | {"templates/a.j2": template} | (more or {}))
    with pytest.raises(SafedeployError) as caught:
        rendered(project)
    return caught.value


UNDEFINED = "template-undefined-variable"
CASES = {
    "undefined": ("a\nb\n{{ nope }}\n", UNDEFINED, "templates/a.j2:3: 'nope' is undefined"),
    "undefined in a condition": ("a\n{% if nope %}x{% endif %}\n", UNDEFINED, "templates/a.j2:2: 'nope' is undefined"),
    "undefined in a loop": (
        "\n\n{% for x in nope %}\n{% endfor %}\n",
        UNDEFINED,
        "templates/a.j2:3: 'nope' is undefined",
    ),
    "the first is told": ("{{ a | default(1) }}\n{{ b }}\n{{ c }}\n", UNDEFINED, "templates/a.j2:2: 'b' is undefined"),
    "a missing key": ("a\n{{ d.y }}\n", UNDEFINED, "templates/a.j2:2: object of type 'dict' has no attribute 'y'"),
    "within a filter": ("a\n{{ nope | upper }}\n", UNDEFINED, "templates/a.j2:2: 'nope' is undefined"),
    "in a variable": (
        "a\n{{ nested }}\n",
        UNDEFINED,
        "templates/a.j2:2: 'inner' is undefined (in inventories/prod/group_vars/all.yml:2)",
    ),
    "in an included template": (
        "a\n{% include 'parts/p.j2' %}\n",
        UNDEFINED,
        "templates/parts/p.j2:2: 'nope' is undefined",
    ),
    "in a macro": (
        "{% macro m() %}\n{{ nope }}\n{% endmacro %}\n{{ m() }}\n",
        UNDEFINED,
        "templates/a.j2:2: 'nope' is undefined",
    ),
    "after a header": (
        "#jinja2: lstrip_blocks: True\na\n{{ nope }}\n",
        UNDEFINED,
        "templates/a.j2:3: 'nope' is undefined",
    ),
    "syntax": ("a\n{% if %}\n", "template-syntax", "templates/a.j2:2: "),
    "syntax, never closed": ("a\n{% for x in [] %}\nb\n", "template-syntax", "templates/a.j2:"),
    "syntax of an included one": (
        "{% include 'parts/broken.j2' %}\n",
        "template-syntax",
        "templates/parts/broken.j2:2: ",
    ),
    "an unknown filter": ("a\n{{ 1 | upperr }}\n", "template-syntax", "templates/a.j2:2: "),
    "a filter that fails": ("a\n{{ 'x' | from_json }}\n", "template-failed", "templates/a.j2:2: "),
    "a lookup that fails": ("a\n\n{{ lookup('file', 'gone') }}\n", "template-failed", "templates/a.j2:3: "),
    "a division by zero": ("a\n{{ 1 / 0 }}\n", "template-failed", "templates/a.j2"),
    "an include that is not there": ("a\n{% include 'gone.j2' %}\n", "template-missing", "gone.j2"),
    "a variable in a circle": ("a\n{{ round }}\n", "template-failed", "templates/a.j2"),
    "an unknown encoding": ("a\n", "template-failed", "templates/a.j2"),
}
PARTS = {
    "templates/parts/p.j2": "p\n{{ nope }}\n",
    "templates/parts/broken.j2": "p\n{% iff %}\n",
    "inventories/prod/group_vars/web.yml": "round: '{{ trip }}'\ntrip: '{{ round }}'\n",
}


@pytest.mark.parametrize(("template", "code", "text"), CASES.values(), ids=CASES)
def test_an_error_names_the_line(template, code, text, tmp_path, request):
    more = dict(PARTS)
    if "encoding" in request.node.name:
        more["inventories/prod/host_vars/web1.yml"] = (
            "safedeploy_files: [{template: a.j2, dest: a, output_encoding: klingon}]\n"
        )
    error = refusal(tmp_path, template, more)
    assert (error.code, text in error.what) == (code, True), error.what


def test_the_same_error_of_many_hosts_is_told_once(tmp_path):
    what = refusal(tmp_path, "{{ nope }}\n").what
    assert what == "inventories/prod: hosts web1, web2, web3 and 2 more: templates/a.j2:1: 'nope' is undefined"


def test_different_errors_are_told_with_their_hosts(tmp_path):
    more = {
        "inventories/prod/host_vars/web2.yml": "nope: '{{ other }}'\n",
        "inventories/prod/host_vars/web3.yml": "nope: 1\n",
    }
    lines = refusal(tmp_path, "{{ nope }}\n", more).what.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("inventories/prod: hosts web1, web4, web5: ")
    assert lines[1].startswith("inventories/prod: host web2: templates/a.j2:1: 'other' is undefined")


def test_an_error_that_quotes_a_secret_is_masked(tmp_path):
    error = refusal(tmp_path, "{{ password | int / nope }}\n{{ lookup('file', password) }}\n")
    assert "hunter2" not in error.what
    error = refusal(tmp_path, "{{ lookup('file', password) }}\n")
    assert "hunter2" not in f"{error.what}{error.next_step}"
    assert "********" in error.what
