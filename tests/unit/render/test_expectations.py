"""What `safedeploy_expect` and `expect` of a file declare of a host, and what they refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from safedeploy.adapters.ansible.expectations import RULES
from safedeploy.core.errors import SafedeployError
from tests.unit.inventory.project import rendered, write

BASE = {"inventories/prod/hosts.ini": "web1 site=www\n", "files/f": "f\n"}
CHECKOUT = Path(__file__).resolve().parents[3]


def expect(project, variables):
    write(project, BASE | {"inventories/prod/group_vars/all.yml": variables})
    return rendered(project)["web1"].expect


def test_a_host_without_declarations_expects_nothing(tmp_path):
    assert expect(tmp_path, "safedeploy_files: [{static: f, dest: a}]\n") == []


def test_a_declaration_is_templated_and_its_status_becomes_a_list(tmp_path):
    found = expect(tmp_path, "safedeploy_expect: [{url: 'http://{{ site }}.example.test/in/*', status: 401}]\n")
    assert found == [{"url": "http://www.example.test/in/*", "status": [401]}]


def test_what_stands_beside_a_file_and_what_the_host_declares_add_up(tmp_path):
    found = expect(
        tmp_path,
        """
        safedeploy_files:
          - static: f
            dest: "{{ item }}"
            loop: [a, b]
            expect: {url: "http://x.test/{{ item }}", gone: true}
        safedeploy_expect:
          - {url: "http://x.test/a", absent: Welcome}
          - {url: "http://x.test/c", status: [301, 302], location: "http://y.test/"}
        """,
    )
    assert found == [
        {"url": "http://x.test/a", "gone": True, "absent": "Welcome"},
        {"url": "http://x.test/b", "gone": True},
        {"url": "http://x.test/c", "status": [301, 302], "location": "http://y.test/"},
    ]


def test_an_entry_that_does_not_count_declares_nothing(tmp_path):
    files = "[{static: f, dest: a, when: 1 > 2, expect: [{url: 'http://x.test/', any: true}]}]"
    assert expect(tmp_path, f"safedeploy_files: {files}\n") == []


REFUSED = {
    "no list": ("safedeploy_expect: all", "safedeploy_expect: must be a list of expectations, not a text"),
    "no mapping": ("safedeploy_expect: [a]", "safedeploy_expect[0]: must be a mapping, not a text"),
    "a misspelled key": (
        "safedeploy_expect: [{url: 'http://x.test/', stauts: 401}]",
        "safedeploy_expect[0].stauts: unknown key; did you mean 'status'?",
    ),
    "no url": ("safedeploy_expect: [{status: 401}]", "safedeploy_expect[0]: has no url"),
    "half a url": ("safedeploy_expect: [{url: /x, any: true}]", "safedeploy_expect[0].url: must be a whole URL"),
    "a star in the middle": (
        "safedeploy_expect: [{url: 'http://x.test/*/y', any: true}]",
        "safedeploy_expect[0].url: may have a * at its end only",
    ),
    "nothing declared": ("safedeploy_expect: [{url: 'http://x.test/'}]", "safedeploy_expect[0]: declares nothing"),
    "a status that is none": (
        "safedeploy_expect: [{url: 'http://x.test/', status: 99}]",
        "safedeploy_expect[0].status: must be an HTTP status",
    ),
    "a method that changes things": (
        "safedeploy_expect: [{url: 'http://x.test/', method: POST, any: true}]",
        "safedeploy_expect[0].method: must be one of GET, HEAD, OPTIONS",
    ),
    "gone with a status": (
        "safedeploy_expect: [{url: 'http://x.test/', gone: true, status: 404}]",
        "safedeploy_expect[0].gone: means a status of 404 or 410",
    ),
    "any: false": (
        "safedeploy_expect: [{url: 'http://x.test/', any: false}]",
        "safedeploy_expect[0].any: must be true",
    ),
    "a contradiction": (
        """
        safedeploy_files: [{static: f, dest: a, expect: {url: 'http://x.test/', status: 401}}]
        safedeploy_expect: [{url: 'http://x.test/', status: 403}]""",
        "safedeploy_expect[0].status: contradicts safedeploy_files[0].expect",
    ),
}


@pytest.mark.parametrize(("variables", "text"), REFUSED.values(), ids=REFUSED)
def test_a_declaration_is_refused_with_its_place_for(variables, text, tmp_path):
    with pytest.raises(SafedeployError) as caught:
        expect(tmp_path, variables + "\n")
    assert caught.value.code == "expect-invalid"
    assert text in caught.value.what
    assert caught.value.next_step


def test_the_page_has_every_key():
    page = (CHECKOUT / "docs/variables.md").read_text()
    (section,) = re.findall(r"^## Intended changes\n(.*?)^## ", page, re.MULTILINE | re.DOTALL)
    keys = {key for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}
    assert keys == set(RULES)
