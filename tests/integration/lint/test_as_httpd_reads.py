"""The resolver reads what the real httpd reads: the same directives, in the same order, from the same lines."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from safedeploy.lint.facts import Facts
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.resolve import resolve
from safedeploy.lint.resolve.statement import Kind
from safedeploy.lint.syntax.tree import CONDITIONS
from safedeploy.lint.syntax.words import split
from tests.apache_fixture import Apache, apache  # noqa: F401 - a fixture
from tests.integration.lint.generated import generate
from tests.integration.lint.real_httpd import Said, ask, files

pytestmark = pytest.mark.apache

# What httpd executes while it reads is not in its dump.
AT_ONCE = {"include", "includeoptional", "define", "undefine", "loadmodule", "use", "undefmacro", "macro", "serverroot"}
AT_ONCE |= {"defaultruntimedir", "loadfile"}
FACTS = Facts(flags=frozenset({"DUMP_CONFIG"}), version=(2, 4, 71), environment={})


def ours(configuration: Configuration) -> list[tuple[str, str]]:
    return [(each.key, flat(each.arguments)) for each in dumped(configuration)]


def dumped(configuration: Configuration):
    return [s for s in configuration.statements if s.active and s.key not in AT_ONCE and s.key not in CONDITIONS]


def flat(words) -> str:
    return " ".join(" ".join(words).split())


def theirs(said: Said) -> list[tuple[str, str]]:
    return [(name, flat(split(arguments))) for _, _, name, arguments in said.read]


def refusal(configuration: Configuration) -> tuple[str, int] | None:
    found = [each for each in configuration.problems if each.certain and each.when == "read"]
    return (found[0].file, found[0].named_line) if found else None


def test_debians_own_configuration_is_read_as_httpd_reads_it(apache):  # noqa: F811
    apache.enable(
        "info", "macro", "ssl", "socache_shmcb", "rewrite", "cgid", "proxy", "proxy_http", "userdir", "headers"
    )
    done = apache.control("-t", "-D", "DUMP_CONFIG", "-D", "DUMP_VHOSTS")
    assert done.returncode == 0, done.stdout
    said = ask(apache.etc / "apache2.conf", environment(apache.etc))
    tree = files(apache.etc)
    found = resolve(tree, Facts(), main=str(apache.etc / "apache2.conf"), server_root=str(apache.etc))
    assert (found.problems, found.undefined, found.unknown) == ((), (), ())
    assert len(said.read) > 150
    assert ours(found) == theirs(said)
    assert [(s.file, s.directive.named_line) for s in dumped(found)] == [(f, line) for f, line, _, _ in said.read]


def environment(etc: Path) -> dict[str, str]:
    lines = (etc / "envvars").read_text().splitlines()
    return dict(line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))


@pytest.mark.parametrize("seed", range(48))
def test_a_generated_configuration_is_read_or_refused_as_httpd_does(seed, tmp_path):
    main = generate(seed, tmp_path)
    said = ask(main, {})
    found = resolve(files(tmp_path), FACTS, main=str(main), server_root=str(tmp_path))
    if said.refused == "read":
        assert refusal(found) == said.place, said.output
        return
    assert refusal(found) is None
    if not said.refused:
        assert ours(found) == theirs(said)
        written = [s for s in dumped(found) if not any(origin.kind is Kind.USE for origin in s.origins)]
        places = [(file, line) for file, line, _, _ in said.read if "macro" not in Path(file).name]
        assert [(s.file, s.directive.named_line) for s in written] == places


def test_damaged_files_of_debian_are_refused_at_the_same_line(apache):  # noqa: F811
    apache.enable("info", "ssl", "socache_shmcb", "userdir", "cgid")
    names = ["apache2.conf", "mods-available/ssl.conf", "mods-available/userdir.conf", "mods-available/mime.conf"]
    names += ["conf-available/serve-cgi-bin.conf", "ports.conf", "sites-available/www.example.test.conf"]
    whole = {name: (apache.etc / name).read_bytes() for name in names}
    variables, main = environment(apache.etc), apache.etc / "apache2.conf"
    refused = 0
    for seed in range(24):
        chance = random.Random(seed)
        name = chance.choice(names)
        (apache.etc / name).write_bytes(damaged(whole[name], chance))
        said = ask(main, variables)
        found = resolve(files(apache.etc), Facts(), main=str(main), server_root=str(apache.etc))
        (apache.etc / name).write_bytes(whole[name])
        refused += said.refused == "read"
        assert refusal(found) == (said.place if said.refused == "read" else None), (seed, name, said.output)
    assert refused >= 6


def damaged(content: bytes, chance: random.Random) -> bytes:
    """One to three lines with a bracket, a quote, a backslash or themselves lost, moved or doubled; sections first."""
    lines = content.splitlines(keepends=True)
    sections = [n for n, line in enumerate(lines) if line.lstrip().startswith(b"<")]
    for _ in range(chance.randint(1, 3)):
        n = chance.choice(sections or range(len(lines)))
        line = lines[n]
        lines[n] = chance.choice(
            [
                b"",
                line + line,
                line.replace(b">", b"", 1),
                line.replace(b"</", b"<", 1),
                line.replace(b"<", b"</", 1),
                line.rstrip(b"\n") + b" \\\n",
                line.rstrip(b"\n") + b" # x\n",
                line.replace(b"<", b"< ", 1),
                line.upper(),
            ]
        )
    return b"".join(lines)
