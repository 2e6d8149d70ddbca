"""Configurations made at random, well formed and not, of a few files that include each other."""

from __future__ import annotations

import random
from pathlib import Path

from tests.integration.lint.real_httpd import MODULES

LOADED = ("mpm_event", "authz_core", "macro", "info", "env")
NAMES = ("a.conf", "b.conf", "c1.conf", "c2.conf", ".c.conf", "d/1.conf", "d/2.conf", "d/.h.conf", "d/x~", "e/x.conf")
PLAIN = """\
SetEnv A b|SetEnv A ${V}|SetEnv ${W} '${V}'|SetEnv "A" "b \\" c"|# c|# c \\||SetEnv A \\| b|SetEnv> A b|"SetEnv" A b
Define V v1|Define V v2|Define W "w w"|UnDefine V|Define F|SetEnv A x\0y|"" x| \t SetEnv A\tb  |Options None
SetEnv A b\r|<If "true">|<If true>|</If>|</If>|<Location /x>|</Location>|<Directory /x>|</Directory>|</IF>|</If> # x
<IfModule env_module>|<IfModule mod_env.c>|<IfModule !mod_env.c>|<IfModule mod_no.c>|<IfModule no>|</IfModule>
<IfDefine F>|<IfDefine !F>|<IfDefine V>|<IfDefine ${V}>|</IfDefine>
<IfFile a.conf>|<IfFile !a.conf>|<IfFile nope>|</IfFile>
<IfVersion >= 2.4>|<IfVersion < 2.4>|<IfVersion = 2.4>|<IfVersion !~ ^2.4>|</IfVersion>
<Macro M>|<Macro M $a>|<Macro N $a $ab @c>|</Macro>|Use M|Use M x|Use M "y z"|Use N 1 '2 3' "4"|UndefMacro M
SetEnv $a $ab|SetEnv A @c|<If $a>|Include a.conf|Include b.conf|Include c*.conf|IncludeOptional d/*.conf|Include d
IncludeOptional ?.conf|IncludeOptional nope.conf|IncludeOptional [a-b].conf|IncludeOptional */x.conf
IncludeOptional [!b-z].con?"""
BROKEN = """\
</If> # x|</if|</IfModule> # x|<IfModule env_module|</>|<>|<If>|<If "true"|Include nope.conf|Define a b c|<IfDefine>"""


def generate(seed: int, directory: Path) -> Path:
    """Write the configuration of a seed; returns its main file."""
    chance = random.Random(seed)
    lines = [line for row in PLAIN.split("\n") for line in row.split("|")]
    lines += [line for line in BROKEN.split("|") if chance.random() < 0.15]
    for name in ("d", "e"):
        (directory / name).mkdir()
    for name in NAMES:
        if chance.random() < 0.7:
            (directory / name).write_bytes(_content(chance, lines, 6))
    for name, target in (("d/0.conf", "../nope"), ("d/z.conf", "../a.conf")):
        if chance.random() < 0.2:
            (directory / name).symlink_to(target)
    head = (
        f"ServerRoot {directory}\nServerName x\nPidFile {directory}/pid\nErrorLog {directory}/log\nListen 127.0.0.1:9\n"
    )
    head += "".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so\n" for name in LOADED)
    main = directory / "main.conf"
    main.write_bytes(head.encode() + _content(chance, lines, 12))
    return main


def _content(chance: random.Random, lines: list[str], most: int) -> bytes:
    text = "\n".join(_body(chance, lines, most, 0)) + ("\n" if chance.random() < 0.8 else "")
    return (text.replace("\n", "\r\n") if chance.random() < 0.1 else text).encode()


def _body(chance: random.Random, lines: list[str], most: int, depth: int) -> list[str]:
    made: list[str] = []
    for _ in range(chance.randrange(most)):
        line = chance.choice(lines)
        if line.startswith("<") and line[1:2] != "/" and line.endswith(">") and depth < 4 and chance.random() < 0.75:
            name = line[1:].split()[0].rstrip(">")
            made += [line, *_body(chance, lines, 4, depth + 1), f"</{name}>"]
        elif not line.startswith("</") or chance.random() < 0.1:
            made.append(line)
    return made
