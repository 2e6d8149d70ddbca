"""What is asked about is explained: rules, codes, lines of logs, directives."""

from __future__ import annotations

import re
import subprocess

import pytest

from safedeploy.lint.explain import explain, suggestion
from safedeploy.lint.knowledge import codes
from safedeploy.lint.knowledge.packaged import read
from safedeploy.lint.registry import rules


def subjects(text):
    return [one.subject for one in explain(text)]


def test_a_rule_is_explained_by_its_id():
    (one,) = explain("proxypass-slashes")
    assert one.subject.startswith("proxypass-slashes (error)")
    assert one.source


def test_a_code_is_explained_in_any_letter_case():
    assert subjects("ah00526") == ["AH00526"]


def test_a_pasted_line_is_explained_by_the_codes_in_it():
    line = (
        "[Thu Nov 26 19:10:46.641756 2026] [proxy:error] [pid 1:tid 2] (111)Connection refused: AH00957: "
        "HTTP: attempt to connect to 127.0.0.1:9000 (127.0.0.1:80) failed"
    )
    assert subjects(line) == ["AH00957"]


def test_a_line_about_a_missing_module_names_directive_and_rule():
    line = "/srv/.htaccess: Invalid command 'ExpiresActive', perhaps misspelled or defined by a module not included"
    assert [subject.partition(" ")[0] for subject in subjects(line)] == ["ExpiresActive", "module-missing"]


def test_a_line_about_a_misspelled_directive_names_the_rule():
    line = "Invalid command 'DocumnetRoot', perhaps misspelled or defined by a module not included in the server"
    assert [subject.partition(" ")[0] for subject in subjects(line)] == ["unknown-directive"]


@pytest.mark.parametrize("line", ["/srv/.htaccess: Options not allowed here", "ProxyPass cannot occur within <If>"])
def test_other_sayings_of_httpd_are_explained(line):
    assert len(subjects(line)) == 2


def test_a_directive_is_explained_with_its_places():
    (one,) = explain("ProxyPass")
    assert "<Location>" in one.meaning
    assert "<Directory>" not in one.meaning
    assert one.source.endswith("mod_proxy.html#proxypass")


def test_a_directive_of_the_past_is_explained_by_its_successor():
    (one,) = explain("RewriteLog")
    assert one.meaning == "RewriteLog was removed in httpd 2.4."


def test_what_is_not_known_is_not_explained():
    assert explain("hello world AH99999") == ()
    assert suggestion("proxypas-slashes") == "proxypass-slashes"


def test_endless_text_is_no_problem():
    assert explain("x " * 1_000_000 + "AH00526") == ()


def test_every_code_says_all_that_it_has_to():
    for code in codes.codes():
        one = codes.find(code)
        assert one.meaning[-1] in ".)", code
        assert one.remedy.endswith("."), code
        assert one.causes, code
        assert set(one.rules) <= set(rules()), code
    assert len(read("error_codes.toml")) >= 60


@pytest.mark.apache
def test_the_codes_are_those_of_httpd():
    # AH00485 is older than the httpd that is installed here.
    patterns = ["/usr/sbin/apache2", "/usr/lib/apache2/modules"]
    said = subprocess.run(["grep", "-aohrE", "AH[0-9]{5}: ", *patterns], capture_output=True, text=True, check=True)
    assert set(codes.codes()) - set(re.findall(r"AH\d{5}", said.stdout)) <= {"AH00485"}
