"""Whatever is in the files of a tree, reading it ends and raises nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from safedeploy.lint.facts import Facts
from safedeploy.lint.files import Files
from safedeploy.lint.resolve.paths import is_pattern, pattern
from safedeploy.lint.resolve.resolve import resolve
from tests.unit.lint.trees import MAIN, ROOT

LINES = b"""\
Include a|Include *|IncludeOptional ../*/..|Include [|Include ${X}|Define X a|Define X ${X}${X}${X}${X}|UnDefine X
<VirtualHost>|<VirtualHost *:80>|</VirtualHost>|<IfModule !|<IfVersion ~ (>|<IfVersion a b c>|<If>|</If>|<IfFile >
<IfDirective x>|\xff\0|<Macro a $x>|<Macro>|</Macro>|Use a $x$x$x$x|Use|Listen|ServerName|ServerAlias|<Directory>
<Directory ~>|AllowOverride|</Directory>|DocumentRoot|Alias|AccessFileName|ServerRoot|ServerRoot x|LoadModule a"""
LINES = LINES.replace(b"\n", b"|").split(b"|")
CONTENTS = st.one_of(st.binary(max_size=80), st.lists(st.sampled_from(LINES), max_size=12).map(b"\n".join))
PATHS = st.sampled_from([MAIN, f"{ROOT}/a", f"{ROOT}/b", f"{ROOT}/d/c", f"{ROOT}/envvars", "/var/www/.htaccess"])
LINKS = st.dictionaries(
    st.sampled_from([f"{ROOT}/l", f"{ROOT}/d/m"]), st.sampled_from([".", "..", "l", "/", "a", "d", ""])
)


@given(
    contents=st.dictionaries(PATHS, CONTENTS),
    links=LINKS,
    complete=st.frozensets(st.sampled_from(["/", ROOT, f"{ROOT}/d"])),
    modules=st.none() | st.just(frozenset({"macro", "version"})),
)
@settings(deadline=None)
def test_any_tree_is_read(contents, links, complete, modules):
    found = resolve(Files(contents=contents, links=links, complete=complete), Facts(modules=modules))
    for statement in found.statements:
        assert statement.position.line >= 1
        assert statement.file
    for host in found.hosts:
        assert host.statement in found.statements


def test_variables_and_macros_that_double_themselves_come_to_an_end():
    define = "Define X 12345678\n" + "Define X ${X}${X}\n" * 60
    macros = "".join(f"<Macro m{n} $x>\nUse m{n + 1} $x$x\n</Macro>\n" for n in range(60))
    text = f"{define}ServerName ${{X}}\nLoadModule macro_module m\n{macros}Use m0 12345678\n"
    found = resolve(Files(contents={MAIN: text.encode()}, complete=frozenset({"/"})), Facts())
    assert len(found.named("servername")[0].argument) < 200_000
    assert "too long" in found.problems[0].text


@given(st.text(alphabet="a[]!^-*?\\/.", max_size=12), st.text(alphabet="a[]^-.", max_size=5))
def test_any_pattern_can_be_asked(text, name):
    is_pattern(text)
    pattern(text).fullmatch(name)
