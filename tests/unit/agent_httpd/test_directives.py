"""Reading configuration files the way httpd finds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from safedeploy_host.directives import Reader
from safedeploy_host.listeners import clashes, listeners


class Tree:
    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    @property
    def reader(self) -> Reader:
        site: dict[str, Any] = {
            "server_root": str(self.root),
            "httpd": {"main_config": str(self.root / "main.conf"), "env": {"FROM_ENV": "sites"}},
        }
        return Reader(site)

    def read(self, main: str) -> list[tuple[str, list[str]]]:
        self.write("main.conf", main)
        return [(directive.name, directive.args) for directive in self.reader.directives()]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_quotes_continuations_comments_and_sections(tree: Tree) -> None:
    text = 'ErrorLog "a b.log"\n# Comment \\\nstill comment\n<VirtualHost *:80>\n  Alias /a \\\n  /b\n</VirtualHost>\n'

    assert tree.read(text) == [
        ("errorlog", ["a b.log"]),
        ("<virtualhost", ["*:80"]),
        ("alias", ["/a", "/b"]),
        ("</virtualhost", []),
    ]


def test_a_directive_knows_the_line_where_it_begins(tree: Tree) -> None:
    tree.write("main.conf", "\nAlias \\\n/a \\\n/b\nListen 80\n")

    assert [directive.line for directive in tree.reader.directives()] == [2, 5]


def test_includes_are_followed_in_the_order_of_httpd(tree: Tree) -> None:
    tree.write("sites/b.conf", "Listen 2\n")
    tree.write("sites/a.conf", "Listen 1\n")
    tree.write("sites/a.conf.bak", "Listen 666\n")
    tree.write("whole/deep/c.conf", "Listen 3\n")

    found = tree.read("IncludeOptional ${FROM_ENV}/*.conf\nInclude whole\nIncludeOptional nothing/*.conf\nListen 4\n")

    assert [args for name, args in found if name == "listen"] == [["1"], ["2"], ["3"], ["4"]]


def test_defined_variables_are_known_from_there_on(tree: Tree) -> None:
    tree.write("here/x.conf", "Listen 1\n")

    assert ("listen", ["1"]) in tree.read("Define WHERE here\nInclude ${WHERE}/x.conf\n")


def test_a_file_that_includes_itself_comes_to_an_end(tree: Tree) -> None:
    assert len(tree.read("Include main.conf\n")) < 100


def test_conditions_are_told_and_can_be_decided(tree: Tree) -> None:
    tree.write("inner.conf", "Listen 2\n")
    tree.write(
        "main.conf",
        "<IfModule mod_ssl.c>\nListen 1\n<IfDefine !STAGE>\nInclude inner.conf\n</IfDefine>\n</IfModule>\n"
        "<IfModule !ssl_module>\nListen 3\n</IfModule>\n<IfModule event.c>\nListen 4\n</IfModule>\n",
    )

    def applying(modules: list[str], defines: list[str]) -> list[str]:
        directives = tree.reader.directives()
        return [item.args[0] for item in directives if item.name == "listen" and item.applies(modules, defines)]

    assert applying(["ssl_module"], []) == ["1", "2"]
    assert applying(["ssl_module"], ["STAGE"]) == ["1"]
    assert applying(["mpm_event_module"], []) == ["3", "4"]


def test_a_broken_file_is_read_as_far_as_it_goes(tree: Tree) -> None:
    (tree.root / "binary.conf").write_bytes(b"\xff\x00Listen\nListen 2\n")

    assert ("listen", ["2"]) in tree.read("<IfModule\nInclude binary.conf\nInclude missing.conf\n</Nonsense>\n")


def test_listeners_with_their_protocols(tree: Tree) -> None:
    tree.write(
        "main.conf", "Listen 80\nListen *:443\nListen [::1]:8443 https\nListen 10.0.0.1:443 http\nListen ${NO}\n"
    )
    reader = tree.reader

    found = [(one.host, one.port, one.secure) for one in listeners(reader.directives(), reader)]

    assert found == [("*", 80, False), ("*", 443, True), ("::1", 8443, True), ("10.0.0.1", 443, False)]


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ([("*", 80)], [("*", 80)], 0),
        ([("*", 80)], [("*", 81)], 0),
        ([("*", 80)], [("127.0.0.1", 80)], 1),
        ([("127.0.0.1", 80)], [("*", 80)], 1),
        ([("127.0.0.1", 80)], [("127.0.0.2", 80)], 0),
        ([("::", 80)], [("0.0.0.0", 80)], 1),
    ],
)
def test_a_port_clashes_with_itself_when_it_moves_to_or_from_all_addresses(
    before: list[tuple[str, int]], after: list[tuple[str, int]], count: int
) -> None:
    assert len(clashes(before, after)) == count


@pytest.mark.parametrize("unreadable", ["x" * 300, "y" * 300 + "/*.conf", "a\0b"], ids=["name", "pattern", "nul"])
def test_a_path_that_cannot_even_be_looked_at_includes_nothing(tree: Tree, unreadable: str) -> None:
    assert ("listen", ["80"]) in tree.read(f"Include {unreadable}\nListen 80\n")


def test_files_that_include_their_own_directory_are_not_read_over_and_over(tree: Tree) -> None:
    for number in range(3):
        tree.write(f"sites/{number}.conf", "Include sites/*\nInclude sites\nListen 80\n")
    tree.write("main.conf", "Include sites\nInclude main.conf\n")
    reader = tree.reader

    assert sum(directive.name == "listen" for directive in reader.directives()) < 100
