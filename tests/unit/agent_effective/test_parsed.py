"""The tree that httpd prints is read as it was meant, whatever comes between its lines."""

from __future__ import annotations

from safedeploy_host.effective import nodes, parsed

DUMP = r"""Included configuration files:
  (*) /etc/httpd/main.conf
[Sun Nov 22 20:23:43.618163 2026] [core:error] [pid 19:tid 19] AH00547: Could not resolve host name x -- ignoring!
VirtualHost configuration:
*:80                   a.test (/etc/httpd/a.conf:1)
# In file: /etc/httpd/main.conf
#   3:
Timeout 30
[Sun Nov 22 20:23:43.618163 2026] [core:warn] [pid 19:tid 19] AH00112: Warning: DocumentRoot [/nowhere] does not exist
# In file: /etc/httpd/a.conf
#   1:
<virtualhost *:80>
  #   3:
  servername a.test
  #   4:
  <Location />
  #   6:
  <If "%{HTTP_HOST} == 'a'">
    #   7:
    Header set A "b \" c" env=X
  </If>
# In file: /etc/httpd/inside.inc
  #   1:
  ServerAlias b.test  "c d"
# In file: /etc/httpd/a.conf
  #  10:
  ServerAlias e.test
</virtualhost>
ServerRoot: "/etc/httpd"
PidFile: "/run/httpd.pid"
"""


def test_the_tree_is_told_apart_from_the_other_dumps_and_from_messages() -> None:
    tree, rest = parsed.split(DUMP)

    assert "Timeout 30" in tree
    assert "PidFile" not in tree
    assert "AH00112" not in tree
    assert "AH00112" in rest
    assert "*:80                   a.test" in rest
    assert "Timeout" not in rest


def test_sections_hold_what_stands_in_them_with_the_file_and_line_of_each() -> None:
    timeout, host = parsed.tree(parsed.split(DUMP)[0])

    assert (timeout["name"], timeout["args"], timeout["children"]) == ("timeout", ["30"], None)
    assert (host["name"], host["raw"], host["file"], host["line"]) == ("virtualhost", "*:80", "/etc/httpd/a.conf", 1)
    assert [(node["name"], node["file"], node["line"]) for node in host["children"]] == [
        ("servername", "/etc/httpd/a.conf", 3),
        ("location", "/etc/httpd/a.conf", 4),
        ("if", "/etc/httpd/a.conf", 6),
        ("serveralias", "/etc/httpd/inside.inc", 1),
        ("serveralias", "/etc/httpd/a.conf", 10),
    ]


def test_a_section_that_holds_nothing_takes_nothing_of_what_follows() -> None:
    location = parsed.tree(parsed.split(DUMP)[0])[1]["children"][1]

    assert (location["args"], location["children"]) == (["/"], [])


def test_words_lose_their_quotes_and_keep_what_is_in_them() -> None:
    section = parsed.tree(parsed.split(DUMP)[0])[1]["children"][2]

    assert section["args"] == ["%{HTTP_HOST} == 'a'"]
    assert section["children"][0]["args"] == ["set", "A", 'b " c', "env=X"]


def test_a_quote_that_is_never_closed_goes_to_the_end() -> None:
    assert parsed.words('404 "not here') == ["404", "not here"]


def test_output_without_the_dump_has_no_tree() -> None:
    assert not parsed.has_tree('ServerRoot: "/etc/httpd"\n')
    assert parsed.has_tree(DUMP)


def test_a_line_of_a_macro_is_shown_where_the_macro_was_used() -> None:
    file = 'macro \'vh\' (defined on line 1 of "/etc/httpd/m.conf") used on line 15 of "/etc/httpd/sites.conf"'

    assert nodes.spot(file, 3) == "/etc/httpd/sites.conf:15"
    assert nodes.spot("/etc/httpd/a.conf", 3) == "/etc/httpd/a.conf:3"
