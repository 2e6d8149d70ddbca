"""Where something stands in a file, and where httpd refuses one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, order=True)
class Position:
    """From the first character to behind the last; lines and columns count from 1, columns in characters.

    `line` is where it begins. Of a directive that backslashes continue httpd names the last line:
    `Directive.named_line`.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, kw_only=True)
class SyntaxProblem:
    """What httpd refuses, with the line that it would name. The words are our own.

    `when` is "read" for what stops httpd while it reads files, "walk" for what it finds afterwards: a problem of the
    second kind is only reported by httpd when there is none of the first in the whole configuration.
    """

    position: Position
    named_line: int
    text: str
    when: str = "read"
