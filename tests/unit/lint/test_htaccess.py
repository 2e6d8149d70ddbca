""".htaccess files: what they say, and what the server lets them say."""

from __future__ import annotations

import pytest

from safedeploy.lint.example import report_of
from safedeploy.lint.facts import Facts
from safedeploy.lint.rule import Case
from tests.unit.lint.trees import read

GRANT = "<Directory /var/www>\nAllowOverride FileInfo\n</Directory>\n"
SITE = "<VirtualHost *:80>\nDocumentRoot /var/www/a\n{}</VirtualHost>\n"


def only(main, content="", path="/var/www/a/.htaccess", **more):
    (found,) = read(main, {path: content}, **more).htaccess
    return found


def test_its_directives_stand_in_its_directory():
    found = only(GRANT + SITE.format(""), "<Files x>\nRequire all denied\n</Files>\nRewriteEngine On\n")
    require, rewrite = found.statements[1], found.statements[2]
    assert (require.context.htaccess, require.context.within("files").arguments) == ("/var/www/a", ("x",))
    assert (rewrite.context.sections, rewrite.position.path) == ((), "/var/www/a/.htaccess")


def test_conditions_and_variables_in_it_are_decided_by_the_whole_configuration():
    text = "<IfModule mod_rewrite.c>\nRewriteEngine ${ON}\n</IfModule>\n"
    main = f"{GRANT}{SITE.format('')}LoadModule rewrite_module x\nDefine ON On\n"
    assert [each.arguments for each in only(main, text).statements if each.active] == [("mod_rewrite.c",), ("On",)]


def test_the_server_decides_what_it_may_do():
    found = only(GRANT + SITE.format(""))
    assert (found.is_read, found.allows("FileInfo"), found.allows("AuthConfig")) == (True, True, False)
    assert only("<Directory />\nAllowOverride None\n</Directory>\n" + SITE.format("")).is_read is False


def test_hosts_that_serve_the_same_directory_may_differ():
    other = SITE.format("<Directory /var/www/a>\nAllowOverride None\n</Directory>\n")
    found = only(GRANT + SITE.format("") + other)
    assert (found.is_read, found.allows("fileinfo"), len(found.overrides)) == (None, None, 2)


def test_a_document_root_behind_a_link_is_the_directory_that_it_leads_to():
    linked = "<VirtualHost *:80>\nDocumentRoot /var/www/current\n</VirtualHost>\n"
    sections = "<Directory /var/www/current>\nAllowOverride All\n</Directory>\n"
    found = only(sections + linked, links={"/var/www/current": "a"})
    assert found.allows("options") is True


def test_an_alias_serves_a_directory_too():
    found = only("Alias /x /var/www/a\n<Directory /var/www/a>\nAllowOverride All\n</Directory>\n")
    assert found.is_read is True


def test_nobody_knows_about_a_directory_that_nothing_serves():
    assert only(GRANT).is_read is None


def test_options_may_be_narrowed():
    main = SITE.format(
        "<Directory /var/www/a>\nAllowOverride Options=Indexes,FollowSymLinks Nonfatal=All\n</Directory>\n"
    )
    ((_, overrides),) = only(main).overrides
    assert overrides.options == {"indexes", "followsymlinks"}
    assert overrides.nonfatal == "all"


def test_what_httpd_refuses_in_it_is_its_own_problem():
    (problem,) = only(GRANT + SITE.format(""), "\n</IfModule>\n").problems
    assert (problem.named_line, problem.file) == (2, "/var/www/a/.htaccess")
    (problem,) = only(GRANT + SITE.format(""), "SetEnv A " + "a" * 9_000).problems
    assert "longer" in problem.text


def test_it_includes_and_defines_nothing():
    found = read(GRANT + SITE.format(""), {"/var/www/a/.htaccess": "Define X\nInclude /etc/nope\n"})
    assert "X" not in found.defines
    assert found.htaccess[0].problems == ()


def test_it_may_have_another_name():
    found = read("AccessFileName .acl\n" + SITE.format(""), {"/var/www/a/.acl": "", "/var/www/a/.htaccess": ""})
    assert [each.path for each in found.htaccess] == ["/var/www/a/.acl"]


def test_without_all_of_the_configuration_nothing_is_sure():
    assert only("Include rest\n" + GRANT + SITE.format(""), facts=Facts(), complete=frozenset()).is_read is None


@pytest.mark.parametrize(
    ("section", "certain"),
    [
        ("<VirtualHost *:80>\n{root}<Directory /srv/www>\nAllowOverride All\n</Directory>\n</VirtualHost>\n", True),
        ("<VirtualHost *:80>\n{root}<Directory /srv>\nAllowOverride All\n</Directory>\n</VirtualHost>\n", False),
        ("{root}<Directory /srv/www>\nAllowOverride All\n</Directory>\n", False),
    ],
)
def test_only_a_virtual_host_settles_its_directory_where_not_all_files_are_known(section, certain):
    text = "IncludeOptional conf-enabled/*.conf\n" + section.format(root="DocumentRoot /srv/www\n")
    found = report_of(Case(text=text, files={"/srv/www/.htaccess": "Options -Indexes\n"}), "syntax-error")
    assert found.configuration.unknown
    assert [one.certain for one in found.configuration.htaccess] == [certain]
