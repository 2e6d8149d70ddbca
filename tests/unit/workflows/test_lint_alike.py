"""Hosts are looked at once where the linter says the same of them, and what it says of each is as if it were alone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from safedeploy.core.host import Connection, Host
from safedeploy.core.layouts import LAYOUTS
from safedeploy.core.policy import Lint
from safedeploy.core.tree import Entry, Kind, RenderedTree
from safedeploy.workflows import lint
from safedeploy.workflows.desired import Desired

ROOT = "/etc/apache2"
MAIN = """\
Listen {address}:80
ServerName {name}.example.com
IncludeOptional conf-enabled/*.conf
<VirtualHost {address}:80>
  ServerName {name}.example.com
  ServerAlias {name}.example.com {alias}
  DocumentRoot /srv/{name}
  MaxClients 5
  ProxyPass / http://{address}:9000
  Foo {name}
</VirtualHost>
<VirtualHost {address}:80>
  ServerName {other}
</VirtualHost>
"""


def host(name, address):
    return Host(name=name, groups=(), connection=Connection(address=address), variables={})


def desired(one, *, alias="www.example.com", other="www.example.org", paths=("apache2.conf",)):
    """What such a host should have: a configuration with many faults, some of them about its own name."""
    text = MAIN.format(name=one.name, address=one.connection.address, alias=alias, other=other)
    content = {str(number): text.encode() if number == 0 else b"# nothing\n" for number in range(len(paths))}
    plain = {"kind": Kind.FILE, "mode": "0644", "owner": "root", "group": "root"}
    entries = {
        f"{ROOT}/{path}": Entry(**plain, sha256=str(number), size=len(content[str(number)]))
        for number, path in enumerate(paths)
    }
    tree = RenderedTree(host=one.name, entries=entries, content=content)
    return Desired(tree=tree, site=LAYOUTS["debian"].site({}))


def linted(*pairs):
    """The linter's outcome for hosts with what they should have."""
    session = SimpleNamespace(
        hosts=tuple(one for one, _ in pairs),
        policy=SimpleNamespace(lint=Lint()),
        events=SimpleNamespace(phase=lambda *_: None),
        hide=lambda text: text,
    )
    return lint.lint(session, {one.name: item for one, item in pairs})


def said(outcome, name):
    """What is said of one host."""
    return sorted(
        (one.file, one.line, one.column, one.finding.rule, one.finding.message, one.finding.remedy, one.text)
        for one in outcome.findings
        if name in one.hosts
    )


WEB = [host("web0001", "10.0.0.11"), host("web0002", "10.0.0.22"), host("web0030", "10.0.0.33")]


def test_what_is_said_of_each_is_what_is_said_of_it_alone():
    together = linted(*((one, desired(one)) for one in WEB))
    assert together.configurations == 1
    assert {one.hosts for one in together.findings} == {tuple(one.name for one in WEB)}
    for one in WEB:
        alone = said(linted((one, desired(one))), one.name)
        mine = said(together, one.name)
        assert {row[:4] for row in mine} == {row[:4] for row in alone}
        assert len(alone) > 3
    texts = {one.text for one in together.findings}
    assert any("web00" in text for text in texts)


def test_a_name_that_stands_for_another_host_too_makes_them_unlike():
    first, second = WEB[:2]
    outcome = linted((first, desired(first, other=second.name)), (second, desired(second, other=second.name)))
    assert outcome.configurations == 2


@pytest.mark.parametrize("other", ["www0003.example.com", "WEB0002"])
def test_own_texts_in_other_letters_are_told_from_constants(other):
    first, second = WEB[:2]
    same = linted((first, desired(first, other=other)), (second, desired(second, other=other)))
    assert same.configurations == (1 if other.startswith("www") else 2)


def test_hosts_whose_names_are_of_other_letters_or_length_are_unlike():
    others = [host("web0001", "10.0.0.11"), host("app0002", "10.0.0.22"), host("web00003", "10.0.0.33"),
              host("web0004", "10.0.0.4")]  # fmt: skip
    assert linted(*((one, desired(one)) for one in others)).configurations == 4


def test_a_configuration_with_the_name_of_its_host_in_that_of_a_file_is_its_own():
    pairs = [(one, desired(one, paths=("apache2.conf", f"conf-enabled/{one.name}.conf"))) for one in WEB]
    assert linted(*pairs).configurations == 3


def test_equal_configurations_are_one_whatever_their_hosts_are_called():
    text = desired(WEB[0])
    assert linted((host("a", "192.0.2.1"), text), (host("frontend", "web.example.com"), text)).configurations == 1
