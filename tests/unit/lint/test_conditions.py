"""IfModule and its like: true, false, or not known."""

from __future__ import annotations

import pytest

from safedeploy.lint.facts import Facts
from safedeploy.lint.files import Files
from safedeploy.lint.resolve.resolve import resolve
from tests.unit.lint.trees import MAIN, read


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("<IfModule ssl_module>", True),
        ("<IfModule mod_ssl.c>", True),
        ("<IfModule !mod_ssl.c>", False),
        ('<IfModule "mod_ssl.c">', True),
        ("<IfModule ssl>", False),
        ("<IfModule mod_ssl>", False),
        ("<IfModule mod_php.c>", False),
        ("<IfModule mod_version.c>", True),
        ("<IfDefine Seen>", True),
        ("<IfDefine Later>", False),
        ("<IfDefine !Later>", True),
        ("<IfVersion >= 2.4>", True),
        ("<IfVersion 2.4.58>", True),
        ("<IfVersion < 2.4.58>", False),
        ("<IfVersion !< 2.4.58>", True),
        ("<IfVersion ~ ^2\\.4\\.5>", True),
        ("<IfVersion = /^2.2/>", False),
        ("<IfFile a.conf>", True),
        ("<IfFile !/etc/nope>", True),
        ("<IfFile /srv/x>", None),
        ("<IfDirective SSLEngine>", True),
        ("<IfDirective Unheard>", None),
    ],
)
def test_conditions_are_decided_where_they_stand(condition, holds):
    facts = Facts(
        flags=frozenset(),
        environment={},
        version=(2, 4, 58),
        directive_modules={"SSLEngine": ["ssl_module"]}.get,
    )
    key = condition[1:].split()[0]
    text = f"LoadModule ssl_module x.so\nDefine Seen\n{condition}\nTimeout 7\n</{key}>\nDefine Later\n"
    found = read(text, {"a.conf": ""}, facts)
    (timeout,) = [each for each in found.statements if each.key == "timeout"]
    assert timeout.active is holds
    assert [guard.key for guard in timeout.guards] == [key.lower()]


def test_without_facts_about_modules_a_condition_on_one_is_undecided():
    found = resolve(Files(contents={MAIN: b"<IfModule mod_ssl.c>\nListen 443\n</IfModule>\nInclude rest\n"}), Facts())
    assert [each.active for each in found.statements if each.key == "listen"] == [False]
    text = (
        b"Include rest\n<IfModule mod_ssl.c>\nListen 443\n</IfModule>\n<IfModule !mod_ssl.c>\nListen 80\n</IfModule>\n"
    )
    found = resolve(Files(contents={MAIN: text}), Facts())
    assert [each.active for each in found.statements if each.key == "listen"] == [None, None]
    assert found.module("ssl") is None


def test_modules_of_the_host_count_as_loaded():
    found = read("Include rest\n", facts=Facts(modules=frozenset({"ssl", "mpm_event_module"})), complete=frozenset())
    assert [found.module(name) for name in ("mod_ssl.c", "event.c", "rewrite", "so")] == [True, True, False, True]


def test_what_is_under_a_condition_that_does_not_hold_has_no_effect_but_is_kept():
    found = read(
        "<IfModule no_module>\nDefine X\nInclude nope\n<Directory /x>\nOptions All\n</Directory>\n</IfModule>\n"
    )
    assert found.problems == ()
    assert "X" not in found.defines
    (options,) = [each for each in found.statements if each.key == "options"]
    assert options.active is False
    assert options.context.within("directory").arguments == ("/x",)
    assert found.named("options") == ()


def test_a_module_whose_file_is_surely_not_there_stops_httpd():
    text = "LoadModule a_module modules/a.so\nLoadModule b_module /usr/lib/b.so\nLoadModule c_module /usr/lib/c.so\n"
    facts = Facts(exists={"/usr/lib/b.so": False, "/usr/lib/c.so": True}.get)
    found = read(text, facts=facts)
    assert [problem.named_line for problem in found.problems] == [2]
