"""A directive that nobody knows is an error only where everything that is loaded is known."""

from __future__ import annotations

import pytest

UNKNOWN = "Frobnicate on\n"


def test_with_known_modules_alone_it_is_an_error(found):
    assert found(UNKNOWN) == ["unknown-directive:1 error"]


@pytest.mark.parametrize("modules", [("own_module",), ("security2_module",)])
def test_a_module_that_is_not_known_may_have_it(found, modules):
    assert found(UNKNOWN, modules=modules) == ["unknown-directive:1 warning"]


def test_a_later_httpd_may_have_it(found):
    assert found(UNKNOWN, version=(2, 4, 99)) == ["unknown-directive:1 warning"]


def test_under_a_condition_for_a_module_that_is_not_known_it_is_none_of_ours(found):
    text = "LoadModule own_module own.so\n<IfModule own_module>\nFrobnicate on\n</IfModule>\n"
    assert found(text) == []


def test_in_a_section_that_is_not_known_it_is_none_of_ours(found):
    assert [line for line in found("<Own x>\nFrobnicate on\n</Own>\n") if ":2 " in line] == []


def test_what_stands_in_a_section_of_a_module_from_elsewhere_is_not_judged(found):
    text = "<Perl>\nuse Own::Handler;\nPerlSetEnv A b\n$ENV{A} = 1;\n</Perl>\nPerlSetEnv A b\n"
    assert found(text, modules=()) == ["module-missing:1 error", "module-missing:6 error"]


def test_a_module_that_is_in_no_table_is_named_by_its_symbol(found):
    assert found("FastCgiServer /srv/app\n", modules=()) == ["module-missing:1 error"]


def test_a_directive_of_the_past_that_a_loaded_module_has_is_fine(found):
    assert found("LoadModule ibm_ssl_module x.so\nSSLEnable\n") == []
    assert found("SSLEnable\n", modules=("ssl_module",)) == ["removed-directive:1 error"]


GRANT = "<Directory /srv>\nAllowOverride {}\n</Directory>\nDocumentRoot /srv\n"


def test_an_htaccess_that_httpd_does_not_read_has_no_findings(found):
    files = {"/srv/.htaccess": "Frobnicate on\nRewriteLog x\nSSLEngine on\n</Files>\n"}
    assert found(GRANT.format("None"), files=files) == []
    assert [line.partition(" ")[2] for line in found(GRANT.format("All"), files=files)] == ["error"] * 4
