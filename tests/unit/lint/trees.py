"""Small trees for the tests of the resolver."""

from __future__ import annotations

from safedeploy.lint.facts import Facts
from safedeploy.lint.files import Files
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.resolve import resolve

ROOT = "/etc/apache2"
MAIN = f"{ROOT}/apache2.conf"


def files(main: str, others: dict[str, str] | None = None, **more) -> Files:
    """A complete tree: names are relative to the server root unless they begin with a slash."""
    texts = {"apache2.conf": main, **(others or {})}
    contents = {name if name[0] == "/" else f"{ROOT}/{name}": text.encode() for name, text in texts.items()}
    return Files(**{"contents": contents, "complete": frozenset({"/etc", "/var/www"}), **more})


def read(main: str, others: dict[str, str] | None = None, facts: Facts | None = None, **more) -> Configuration:
    """The configuration of a tree of which all is known."""
    known = facts or Facts(flags=frozenset(), environment={}, version=(2, 4, 58))
    return resolve(files(main, others, **more), known)


def told(configuration: Configuration) -> list[tuple[str, ...]]:
    """The active directives that stand for something, with their arguments."""
    silent = {"include", "includeoptional", "define", "undefine", "macro", "use", "loadmodule"}
    return [
        (each.name, *each.arguments)
        for each in configuration.statements
        if each.active is not False and each.key not in silent and not each.key.startswith("if")
    ]
