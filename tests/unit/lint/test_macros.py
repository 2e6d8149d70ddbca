"""Macro and Use."""

from __future__ import annotations

import pytest

from safedeploy.lint.resolve.statement import Kind
from tests.unit.lint.trees import read

HOST = "<VirtualHost *:80>\n  ServerName $name\n  DocumentRoot @root\n</VirtualHost>\n"
MACRO = f"LoadModule macro_module m.so\n<Macro Site $name @root>\n{HOST}</Macro>\n"


def test_a_macro_is_put_in_where_it_is_used():
    found = read(f'{MACRO}Use Site a.example "/srv/a b"\nUSE site b.example /b\n')
    assert [host.name for host in found.hosts] == ["a.example", "b.example"]
    assert [each.arguments for each in found.named("documentroot")] == [("/srv/a b",), ("/b",)]
    statement = found.named("servername")[1]
    assert (statement.position.line, statement.position.column) == (4, 3)
    use = statement.origins[-1]
    assert (use.kind, use.name, use.position.line) == (Kind.USE, "site", 9)


def test_a_macro_may_hold_half_a_section():
    macro = "LoadModule macro_module m\n<Macro Begin $d>\n<Directory $d>\n</Macro>\n"
    found = read(f"{macro}Use Begin /x\nOptions None\n</Directory>\nTimeout 1\n")
    assert found.problems == ()
    assert found.named("options")[0].context.within("directory").arguments == ("/x",)
    assert found.named("timeout")[0].context.sections == ()


@pytest.mark.parametrize(
    ("use", "words"),
    [("Use Nope", "no macro Nope"), ("Use Site a", "takes 2 arguments, not 1"), ("UndefMacro Nope", "no macro Nope")],
)
def test_a_wrong_use_is_refused(use, words):
    (problem,) = read(f"{MACRO}{use}\n").problems
    assert words in problem.text
    assert problem.named_line == 8


def test_macros_that_multiply_come_to_an_end():
    macros = "".join(f"<Macro m{n}>\nUse m{n + 1}\nUse m{n + 1}\n</Macro>\n" for n in range(40))
    found = read(f"LoadModule macro_module m.so\n{macros}<Macro m40>\nTimeout 1\n</Macro>\nUse m0\n")
    assert found.problems[0].text == "macros use each other without end"
