"""Live and candidate read through httpd itself: the same verdicts as before, and the tree that httpd has parsed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from safedeploy_host import context, control, namespaces, restart
from safedeploy_host.effective import asked, configuration, nodes

from tests.apache_fixture import Apache
from tests.integration.effective.examined import Change

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("untouched")]


def both_ways(change: Change) -> tuple[object, object]:
    """configtest and restart as `examine` has them, and as the two separate calls have them."""
    seen = change.examine()
    arguments = (change.apache.site, change.entries, change.objects.__getitem__)
    return (
        (seen["configtest"], seen["restart"]),
        (context.configtest(*arguments), restart.needed(*arguments)),
    )


def test_a_good_change_has_the_verdicts_of_the_separate_calls(apache: Apache) -> None:
    together, apart = both_ways(Change(apache).site("new.example.test"))

    assert together == apart
    assert apart == (
        {"ok": True, "method": "namespace", "output": "Syntax OK", "warnings": []},
        {"needed": False, "why": []},
    )


def test_a_change_that_needs_a_restart_has_the_verdicts_of_the_separate_calls(apache: Apache) -> None:
    change = Change(apache).file("conf-enabled/limits.conf", "ServerLimit 9\nThreadLimit 30\nListenBacklog 99\n")
    change.file("ports.conf", f"Listen {apache.port}\n").file("envvars", (apache.etc / "envvars").read_text() + "A=1\n")

    together, apart = both_ways(change)

    assert together == apart
    assert len(apart[1]["why"]) == 5  # type: ignore[index]


def test_a_syntax_error_leaves_no_candidate_and_the_live_side_as_it_is(apache: Apache) -> None:
    seen = Change(apache).file("conf-enabled/x.conf", "Nonsense\n").examine()

    assert seen["configtest"]["ok"] is False
    assert "Invalid command 'Nonsense'" in seen["configtest"]["output"]
    assert seen["candidate"] is None
    assert seen["live"]["vhosts"][0]["name"] == "www.example.test"


def test_an_undefined_variable_is_refused_as_before(apache: Apache) -> None:
    together, apart = both_ways(Change(apache).file("conf-enabled/x.conf", "DocumentRoot ${NOT_THERE}/x\n"))

    assert together[0]["ok"] is False  # type: ignore[index]
    assert [one["ok"] for one in (together[0], apart[0])] == [False, False]  # type: ignore[index]


def test_a_broken_live_tree_is_said_and_the_candidate_that_mends_it_is_examined(apache: Apache) -> None:
    apache.write("conf-enabled/broken.conf", "Nonsense\n")

    seen = Change(apache).absent("conf-enabled/broken.conf").site("new.example.test").examine()

    assert seen["limits"] == ["httpd refuses the live configuration, so nothing was compared with what it does"]
    assert seen["configtest"]["ok"]
    assert seen["live"]["ok"] is False
    assert seen["live"]["source"] == "files"
    assert [host["name"] for host in seen["candidate"]["vhosts"]] == ["new.example.test", "www.example.test"]


def test_the_tree_is_httpd_s_own_with_variables_macros_includes_and_conditions_settled(apache: Apache) -> None:
    apache.enable("macro")
    change = Change(apache).file("inside.inc", "ServerAlias inside.example.test\n")
    change.file(
        "conf-enabled/m.conf",
        f"Define WHERE {apache.root}/www\n"
        "<Macro Site $name>\n<VirtualHost *:81>\nServerName $name\nDocumentRoot ${WHERE}/www.example.test\n"
        "Include inside.inc\n<IfModule mod_info.c>\nServerAlias info.example.test\n</IfModule>\n</VirtualHost>\n"
        "</Macro>\nUse Site one.example.test\nUse Site two.example.test\n",
    )

    candidate = change.examine()["candidate"]

    assert candidate["source"] == "httpd"
    assert [(host["name"], host["aliases"]) for host in candidate["vhosts"] if host["port"] == 81] == [
        ("one.example.test", ["inside.example.test"]),
        ("two.example.test", ["inside.example.test"]),
    ]
    sections = [node for node in candidate["tree"] if node["name"] == "virtualhost" and node["raw"] == "*:81"]
    root = nodes.value(sections[0]["children"], "documentroot")
    assert root is not None
    assert root["args"] == [f"{apache.root}/www/www.example.test"]
    assert nodes.place(root) == f"{apache.etc}/conf-enabled/m.conf:12"
    assert "info_module" not in candidate["modules"]
    assert "DUMP_CONFIG" not in candidate["defines"]


@pytest.mark.parametrize("where", ["loaded", "loaded in the candidate"])
def test_a_configuration_that_loads_mod_info_itself_keeps_it(apache: Apache, where: str) -> None:
    change = Change(apache)
    if where == "loaded":
        apache.enable("info")
    else:
        change.link("mods-enabled/info.load", "../mods-available/info.load")

    candidate = change.examine()["candidate"]

    assert "info_module" in candidate["modules"]
    assert candidate["warnings"] == []
    assert candidate["source"] == "httpd"


def test_without_mod_info_the_files_tell_the_same_of_a_plain_configuration(
    apache: Apache, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_httpd = configuration.read(apache.site)
    monkeypatch.setattr(asked, "_module", lambda *_: None)

    by_files = configuration.read(apache.site)

    assert (by_httpd["source"], by_files["source"]) == ("httpd", "files")
    flat = [[nodes.key(scope, node) for scope, node in nodes.walk(one["tree"])] for one in (by_httpd, by_files)]
    assert sorted(flat[0]) == sorted(flat[1])
    for member in ("modules", "run", "listen", "fixed", "vhosts", "mpm", "pid_file", "warnings"):
        assert by_httpd[member] == by_files[member], member
    assert "AH" not in by_files["output"]


def test_a_module_directory_without_mod_info_is_passed_over(apache: Apache) -> None:
    """A build in a place of its own: modules are linked one by one, and mod_info is not among them."""
    modules = apache.root / "modules"
    modules.mkdir()
    for path in Path("/usr/lib/apache2/modules").iterdir():
        if path.name != "mod_info.so":
            (modules / path.name).symlink_to(path)
    for path in (apache.etc / "mods-available").glob("*.load"):
        path.write_text(path.read_text().replace("/usr/lib/apache2/modules", str(modules)))

    assert configuration.read(apache.site)["source"] == "httpd"


def test_where_no_namespace_can_be_had_the_copy_is_read_with_its_real_paths(
    apache: Apache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_flags: int) -> None:
        raise PermissionError(1, "not allowed")

    monkeypatch.setattr(namespaces, "unshare", refused)

    seen = Change(apache).site("new.example.test").examine()

    assert seen["method"] == "copy"
    assert "tested in a copied tree" in seen["limits"][0]
    (new, _) = seen["candidate"]["vhosts"]
    assert new["file"] == f"{apache.etc}/sites-enabled/new.example.test.conf"
    assert seen["candidate"]["pid_file"] == seen["live"]["pid_file"]
    assert "/safedeploy-" not in str(seen["candidate"])


@pytest.fixture
def called(apache: Apache, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What the control program was called with so far."""
    calls = apache.root / "calls"
    program = apache.root / "control"
    program.write_text(f'#!/bin/sh\necho "$1" >> {calls}\nexec apache2ctl "$@"\n')
    program.chmod(0o755)
    site = {**apache.site, "httpd": {**apache.site["httpd"], "control": [str(program)]}}
    monkeypatch.setattr(Apache, "site", property(lambda _: site))
    return lambda: calls.read_text().split()


def test_httpd_is_asked_once_for_each(apache: Apache, called: Callable[[], list[str]]) -> None:
    tested = Change(apache).site("new.example.test").examine()["configtest"]

    assert (tested["ok"], tested["output"]) == (True, "Syntax OK")
    assert called() == ["-t", "-t"]


def test_of_a_candidate_that_httpd_refuses_its_own_test_is_heard(
    apache: Apache, called: Callable[[], list[str]]
) -> None:
    tested = Change(apache).file("conf-enabled/x.conf", "Nonsense\n").examine()["configtest"]

    assert not tested["ok"]
    assert "Invalid command 'Nonsense'" in tested["output"]
    assert called() == ["-t", "-t", "-t", "configtest"]


def test_the_dump_of_a_very_large_configuration_is_read_whole(apache: Apache) -> None:
    lines = "".join(f"SetEnv NAME_{number} {'x' * 60}\n" for number in range(3000))
    apache.write("conf-enabled/large.conf", lines)

    found = configuration.read(apache.site)

    assert len(control.control(apache.site, "-t", "-D", "DUMP_VHOSTS").output) < control.OUTPUT_LIMIT
    assert sum(node["name"] == "setenv" for node in found["tree"]) == 3000
    assert found["vhosts"]
