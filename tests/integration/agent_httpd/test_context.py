"""The candidate in context: httpd sees it at its real paths, and the live tree is as it was."""

from __future__ import annotations

import os
from typing import Any

import pytest
from safedeploy_host import control, dumps, namespaces

from tests.apache_fixture import Apache
from tests.integration.agent_httpd.candidate import Candidate

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("untouched")]


@pytest.fixture(params=["overlay", "mirror"])
def method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way to show a candidate in a namespace; the second is for kernels and filesystems without overlays."""
    if request.param == "mirror":
        mount = namespaces.mount

        def mount_without_overlay(source: str, target: str, kind: str | None = None, **rest: Any) -> None:
            if kind == "overlay":
                raise OSError(19, "no such device")
            mount(source, target, kind, **rest)

        monkeypatch.setattr(namespaces, "mount", mount_without_overlay)
    return request.param


def test_the_live_tree_itself_passes(apache: Apache) -> None:
    result = Candidate().configtest(apache)

    assert result == {"ok": True, "method": "namespace", "output": "Syntax OK", "warnings": []}


def test_a_syntax_error_is_found_and_named_by_its_real_path(apache: Apache, method: str) -> None:
    path = apache.etc / "conf-enabled/broken.conf"

    result = Candidate().file(path, "ServerTokens Prod\nNonsense\n").configtest(apache)

    assert (result["ok"], result["method"]) == (False, "namespace")
    assert f"line 2 of {path}" in result["output"]


def test_everything_that_changes_is_seen_and_everything_else_is_as_it_was(apache: Apache, method: str) -> None:
    outside = apache.root / "www/new/deep/index.html"
    candidate = (
        Candidate()
        .file(apache.etc / "ports.conf", "Listen 127.0.0.1:1\n")
        .file(
            apache.etc / "sites-available/new.conf", "<VirtualHost *:1>\nServerName new.example.test\n</VirtualHost>\n"
        )
        .file(apache.etc / "new.d/deep/x.conf", "Define SEEN\n")
        .file(outside, "new\n")
        .link(apache.etc / "sites-enabled/new.conf", "../sites-available/new.conf")
        .link(apache.etc / "sites-enabled/www.example.test.conf", "../sites-available/new.conf")
        .absent(apache.etc / "sites-enabled/old.example.test.conf")
        .absent(apache.etc / "sites-available/never-there.conf")
    )

    def look(site: dict[str, Any]) -> dict[str, Any]:
        enabled = apache.etc / "sites-enabled"
        return {
            "ports": (apache.etc / "ports.conf").read_text(),
            "enabled": {path.name: path.read_text() for path in enabled.iterdir()},
            "www": os.readlink(enabled / "www.example.test.conf"),  # noqa: PTH115 -- Path.readlink is Python 3.9
            "deep": (apache.etc / "new.d/deep/x.conf").read_text(),
            "outside": outside.read_text(),
            "mode": f"{outside.stat().st_mode & 0o777:o}",
            "unchanged": (apache.etc / "apache2.conf").read_bytes() == main,
            "module": (apache.etc / "mods-enabled/mime.load").read_text(),
            "names": sorted(path.name for path in apache.etc.iterdir()),
            "site": (apache.root / "www/old.example.test/index.html").read_text(),
        }

    main = (apache.etc / "apache2.conf").read_bytes()
    names = sorted([*(path.name for path in apache.etc.iterdir()), "new.d"])
    seen = candidate.look(apache, look)

    text = "<VirtualHost *:1>\nServerName new.example.test\n</VirtualHost>\n"
    assert seen == {
        "ports": "Listen 127.0.0.1:1\n",
        "enabled": {"new.conf": text, "www.example.test.conf": text},
        "www": "../sites-available/new.conf",
        "deep": "Define SEEN\n",
        "outside": "new\n",
        "mode": "644",
        "unchanged": True,
        "module": (apache.etc / "mods-available/mime.load").read_text(),
        "names": names,
        "site": "hello from old.example.test\n",
    }
    assert not outside.parent.parent.exists()


def test_httpd_itself_obeys_the_candidate(apache: Apache, method: str) -> None:
    def names(site: dict[str, Any]) -> list[str]:
        output = control.control(site, "-t", "-D", "DUMP_VHOSTS").output
        return [host.name for host in dumps.virtual_hosts(output)]

    candidate = Candidate().absent(apache.etc / "sites-enabled/old.example.test.conf")

    assert names(apache.site) == ["old.example.test", "www.example.test"]
    assert candidate.look(apache, names) == ["www.example.test"]


def test_a_directory_can_take_the_place_of_a_file(apache: Apache, method: str) -> None:
    apache.write("place", "a file\n")
    candidate = Candidate().absent(apache.etc / "place").file(apache.etc / "place/inner.conf", "x\n")
    try:
        assert candidate.look(apache, lambda _site: (apache.etc / "place/inner.conf").read_text()) == "x\n"
    finally:
        (apache.etc / "place").unlink()


def test_an_undefined_variable_is_an_error(apache: Apache) -> None:
    result = Candidate().file(apache.etc / "conf-enabled/x.conf", "Redirect /x http://${NOWHERE}/\n").configtest(apache)

    assert not result["ok"]
    assert any("AH00111" in line and "NOWHERE" in line for line in result["warnings"])


def test_a_warning_is_told_and_no_error(apache: Apache) -> None:
    result = (
        Candidate()
        .file(apache.etc / "conf-enabled/x.conf", "Alias /a/b /x\nAlias /a /y\nAlias /a/b /z\n")
        .configtest(apache)
    )

    assert result["ok"]
    assert any("AH00671" in line for line in result["warnings"]), result


def test_missing_content_is_the_callers_error(apache: Apache) -> None:
    candidate = Candidate().file(apache.etc / "conf-enabled/x.conf", "\n")
    candidate.objects.clear()

    with pytest.raises(KeyError):
        candidate.configtest(apache)


def test_content_that_is_live_already_is_not_asked_for(apache: Apache) -> None:
    candidate = Candidate().file(apache.etc / "ports.conf", (apache.etc / "ports.conf").read_text())
    candidate.objects.clear()

    assert candidate.configtest(apache)["ok"]
