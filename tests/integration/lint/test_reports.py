"""What is shown of findings, and what is written: text, JSON, SARIF, annotations, JUnit, corrections."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.documented_shape import problems

TEXT = "<VirtualHost *:80>\n\tProxyPass / http://127.0.0.1:9000\n</VirtualHost>\nMaxClients 5\n"


@pytest.fixture
def site(tmp_path):
    path = tmp_path / "site.conf"
    path.write_text(TEXT)
    return path


def test_a_finding_is_shown_with_its_line_and_a_caret(site, lint):
    done = lint("site.conf")
    assert done.stdout == (
        "site.conf:2:2: error[proxypass-slashes]: a request for /x goes to the host 127.0.0.1:9000x: "
        "the target lacks its slash\n"
        "    ProxyPass / http://127.0.0.1:9000\n"
        "    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  remedy: Write http://127.0.0.1:9000/.\n"
        "site.conf:4:1: info[outdated-directive]: MaxClients is outdated\n"
        "    MaxClients 5\n"
        "    ^^^^^^^^^^^^\n"
        "  remedy: Use instead: `MaxRequestWorkers`, the same under its new name.\n"
        "1 error, 1 info in 1 file\n"
    )


def test_an_error_exits_with_4_and_says_what_to_do(site, lint):
    done = lint("site.conf")
    assert done.exit_code == ExitCode.REFUSED
    assert "error[lint-refused]: the linter found 1 error, 1 info: site.conf:2:2\n" in done.stderr


def test_without_an_error_the_exit_code_is_0(site, lint):
    site.write_text("MaxClients 5\n")
    assert lint("site.conf").exit_code == ExitCode.OK


def test_warnings_refuse_when_they_are_to(site, lint):
    site.write_text("ProxyPass /app http://127.0.0.1:9000/\n")
    assert lint("site.conf").exit_code == ExitCode.OK
    assert lint("site.conf", "--strict").exit_code == ExitCode.REFUSED
    assert lint("site.conf", "--fail-on", "warning").exit_code == ExitCode.REFUSED
    assert lint("site.conf", "--fail-on", "never").exit_code == ExitCode.OK


def test_the_text_of_a_file_cannot_move_the_cursor(site, lint):
    site.write_text("MaxClients 5 \x1b[2J\x1b]0;x\x07\u202e\n")
    assert {letter for letter in lint("site.conf").stdout if not letter.isprintable()} == {"\n"}


def test_the_document_is_as_documented(site, lint):
    document = json.loads(lint("site.conf", "--json").stdout)
    assert problems(document, "safedeploy-lint") == []
    first = document["findings"][0]
    assert (first["rule"], first["severity"], first["line"], first["column"]) == ("proxypass-slashes", "error", 2, 2)
    assert document["counts"] == {"error": 1, "warning": 0, "info": 1}


def test_a_sarif_log_is_written(site, lint, tmp_path):
    lint("site.conf", "--sarif", "lint.sarif")
    (run,) = json.loads((tmp_path / "lint.sarif").read_text())["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["proxypass-slashes", "outdated-directive"]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 2, "startColumn": 2, "endColumn": 35}


def test_annotations_name_file_and_line(site, lint):
    err = lint("site.conf", "--github").stderr
    assert "::error file=site.conf,line=2,col=2,title=proxypass-slashes%3A a request for /x" in err
    assert "::notice file=site.conf,line=4,col=1,title=outdated-directive" in err


def test_an_annotation_cannot_hold_another_command(site, lint):
    site.write_text("Foo%0A::set-env::x 5\n")
    lines = [line for line in lint("site.conf", "--github").stderr.splitlines() if line.startswith("::")]
    assert lines
    assert all(line.startswith("::warning file=") for line in lines)
    assert "%250A" in lines[0]


def test_a_junit_report_has_a_case_for_each_file(site, lint, tmp_path):
    (tmp_path / "good.conf").write_text("Listen 80\n")
    lint("site.conf", "good.conf", "--junit", "lint.xml")
    cases = {case.get("name"): case for case in ET.parse(tmp_path / "lint.xml").iter("testcase")}
    assert set(cases) == {"site.conf", "good.conf"}
    assert "proxypass-slashes" in cases["site.conf"].find("failure").text
    assert cases["good.conf"].find("failure") is None


def test_a_diff_shows_the_corrections_and_writes_nothing(site, lint):
    done = lint("site.conf", "--diff")
    assert "-MaxClients 5\n+MaxRequestWorkers 5\n" in done.stdout
    assert "--fix would correct 2 findings in 1 file" in done.stderr
    assert site.read_text() == TEXT


def test_a_fix_writes_the_corrections_and_reports_what_is_left(site, lint):
    site.write_text(f"{TEXT}Foo bar\n")
    site.chmod(0o640)
    done = lint("site.conf", "--fix")
    assert "corrected 2 findings in 1 file" in done.stderr
    assert site.read_text() == TEXT.replace(":9000", ":9000/").replace("MaxClients", "MaxRequestWorkers") + "Foo bar\n"
    assert site.stat().st_mode & 0o777 == 0o640
    assert "warning[unknown-directive]" in done.stdout
    assert "proxypass" not in done.stdout
    assert [path.name for path in site.parent.iterdir() if path.name.startswith(".ht")] == []


def test_a_fix_of_nothing_touches_nothing(site, lint):
    site.write_text("Listen 80\n")
    before = _written(site)
    lint("site.conf", "--fix")
    assert _written(site) == before


def _written(path):
    known = path.stat()
    return known.st_ino, known.st_mtime_ns, known.st_ctime_ns
