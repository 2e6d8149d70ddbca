"""What a rule raises about one line of a configuration, before it is known whether live has it too."""

from __future__ import annotations

from . import nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .nodes import Scope

    Json = dict[str, Any]

ERROR = "error"
WARNING = "warning"


class Raised:
    """A concern about `node` in `scope`.

    `severity` is that of a line that is new or changed; on a line that live has too it is at most `on_old_line`, for
    the case that something else in the change made the concern. What is raised of live as well is no news.
    """

    def __init__(
        self,
        kind: str,
        text: str,
        *,
        node: Json,
        scope: Scope = (),
        remedy: str,
        severity: str = ERROR,
        on_old_line: str = WARNING,
    ) -> None:
        self.kind = kind
        self.text = text
        self.node = node
        self.scope = scope
        self.remedy = remedy
        self.severity = severity
        self.on_old_line = on_old_line

    @property
    def line(self) -> tuple[str, ...]:
        """The line that it is about, wherever it stands in the files."""
        return nodes.key(self.scope, self.node)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same concern in live and candidate."""
        return (self.kind, *self.line)

    def finding(self, *, line_is_new: bool) -> Json:
        """The Finding of the contract between the parts."""
        severity = self.severity if line_is_new or self.severity == WARNING else self.on_old_line
        return finding(self.kind, self.text, severity=severity, place=nodes.place(self.node), remedy=self.remedy)


def finding(kind: str, text: str, *, severity: str, remedy: str, place: str | None = None) -> Json:
    """{"severity", "kind", "text", "place", "next"}; both sentences get their full stop here."""
    return {"severity": severity, "kind": kind, "text": f"{text}.", "place": place, "next": f"{remedy}."}
