"""Write docs/commands.md from the program itself: every command with its arguments and options.

The page is committed, and tests/meta/test_documented.py proves that it is what this program prints. Run
`.venv/bin/python scripts/commands_page.py` after changing a command.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from safedeploy.cli.main import app

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"

HEAD = """\
# Commands

Every command, argument and option. This page is written by `scripts/commands_page.py` from the program itself.
What the commands exit with is in [exit-codes.md](exit-codes.md); their errors are in [errors.md](errors.md).

Results go to standard output, progress and questions to standard error. There are no colours where standard output
is no terminal or `NO_COLOR` is set. `safedeploy --install-completion` makes the shell complete commands and options.
"""

# The same with every command; typer's own for completion differ with the shell that is found.
LEFT_OUT = ("--help", "--install-completion", "--show-completion")


def commands(group: Any, name: str = "safedeploy") -> Iterator[tuple[str, Any]]:
    """Every visible command below a group with its full name, in the order of `--help`."""
    for word, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command


def cell(text: str | None) -> str:
    """A text as it can stand in a table."""
    return " ".join((text or "").split()).replace("|", "\\|")


def spelling(parameter: Any) -> str:
    """How an option is typed: its names, and the placeholder of its value."""
    names = [", ".join(parameter.opts), *([", ".join(parameter.secondary_opts)] if parameter.secondary_opts else [])]
    value = "" if parameter.is_flag or parameter.count else f" {parameter.metavar or 'VALUE'}"
    return f"`{' / '.join(names)}{value}`"


def shown_default(parameter: Any) -> str:
    """The default where it says something: not for flags that are off, empty texts and what is computed."""
    default = parameter.default
    if not isinstance(default, str | int | float) or isinstance(default, bool) or not default:
        return ""
    return f" Default: `{default}`."


def rows(command: Any) -> Iterator[str]:
    """One row for each argument and visible option."""
    for parameter in command.params:
        if getattr(parameter, "hidden", False) or any(name in LEFT_OUT for name in parameter.opts):
            continue
        if parameter.param_type_name == "argument":
            name = f"`{(parameter.metavar or parameter.name).strip('[]{}').upper()}`"
            yield f"| {name} | {cell(parameter.help)}{'' if parameter.required else ' Optional.'} |"
        else:
            yield f"| {spelling(parameter)} | {cell(parameter.help)}{shown_default(parameter)} |"


def section(heading: str, usage: str, command: Any) -> str:
    """One command: what it does, how it is called, what it takes."""
    lines = [f"## {heading}", "", (command.help or "").strip(), "", "```", usage, "```"]
    table = list(rows(command))
    if table:
        lines += ["", "| | |", "|---|---|", *table]
    return "\n".join(lines) + "\n"


def usage(name: str, command: Any) -> str:
    """The line to type, arguments in order."""
    words = [name]
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            word = (parameter.metavar or parameter.name).strip("[]{}").upper()
            words.append(word if parameter.required else f"[{word}]")
    return " ".join([*words, "[OPTIONS]"])


def page() -> str:
    """The whole page."""
    root = typer.main.get_command(app)
    parts = [HEAD, section("Options before every command", "safedeploy [OPTIONS] COMMAND ...", root)]
    parts += [section(name, usage(name, command), command) for name, command in commands(root)]
    return "\n".join(parts)


def main() -> int:
    """Write the page; 0 also when nothing has changed."""
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
