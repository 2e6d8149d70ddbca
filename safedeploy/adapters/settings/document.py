"""One YAML document as plain values that still know their lines.

`read` refuses what YAML readers usually let pass: duplicate keys, several documents, tags that make objects. A place is
`file:line: key.path[index]`, with the line counted from 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from safedeploy.core.errors import SafedeployError

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """The values of one file, and where each of them stands."""

    name: str
    value: Any
    root: Node | None = field(repr=False)

    def place(self, path: Path) -> str:
        """`safedeploy.yml:12: environments.prod.inventory`; the line is that of the deepest part that exists."""
        text = dotted(path)
        return f"{self.name}:{self.line(path)}:" + (f" {text}:" if text else "")

    def line(self, path: Path) -> int:
        """Count from 1 to the line of a key (in a mapping) or of an item (in a list)."""
        if self.root is None:
            return 1
        node, line = self.root, _line(self.root)
        for step in path:
            found = _step(node, step)
            if found is None:
                break
            node, line = found
        return line


def dotted(path: Path) -> str:
    """`environments.prod.rollout.batches[1]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def read(text: str, name: str) -> Document:
    """Parse one YAML document.

    Raises SafedeployError `settings-bad-yaml` with line, column and the offending line, and
    `settings-bad-key` for keys that stand twice (with both lines) or are no texts.
    """
    loader = yaml.SafeLoader("")
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if root is None:
            return Document(name=name, value=None, root=None)
        _check_keys(root, name)
        # Resolves merge keys (<<) in the nodes too, so that places afterwards find what came by a merge.
        value = loader.construct_document(root)
    except yaml.YAMLError as error:
        raise _bad_yaml(error, text, name) from error
    finally:
        loader.dispose()
    return Document(name=name, value=value, root=root)


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _step(node: Node, step: str | int) -> tuple[Node, int] | None:
    if isinstance(node, MappingNode):
        # From the end: what a merge brought stands first and is overridden.
        for key, value in reversed(node.value):
            if isinstance(key, ScalarNode) and key.value == str(step):
                return value, _line(key)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], _line(node.value[step])
    return None


def _check_keys(root: Node, name: str) -> None:
    """Keys are texts, and stand once in their mapping."""
    problems: list[tuple[int, str]] = []
    pending: list[tuple[Node, Path]] = [(root, ())]
    seen: set[int] = set()
    while pending:
        node, path = pending.pop()
        if id(node) in seen:  # an alias: looked at already, and possibly its own parent
            continue
        seen.add(id(node))
        if isinstance(node, SequenceNode):
            pending.extend((item, (*path, index)) for index, item in enumerate(node.value))
        if isinstance(node, MappingNode):
            problems += [(line, f"{name}:{line}: {text}") for line, text in _problems_of_keys(node, path)]
            pending.extend((value, (*path, str(key.value))) for key, value in node.value)
    if problems:
        raise SafedeployError(
            "settings-bad-key",
            "\n".join(text for _, text in sorted(problems)),
            next_step="Keep one of two equal keys; put a key that YAML reads as something else between quotes.",
        )


def _problems_of_keys(node: MappingNode, path: Path) -> Iterator[tuple[int, str]]:
    first: dict[str, int] = {}
    for key, _ in node.value:
        line = _line(key)
        if not isinstance(key, ScalarNode):
            yield line, f"{dotted(path)}: a key must be a text, not a {key.id}"
        elif key.tag == "tag:yaml.org,2002:merge":
            continue
        elif key.tag != "tag:yaml.org,2002:str":
            kind = key.tag.rpartition(":")[2]
            yield line, f"{dotted((*path, key.value))}: a key must be a text; YAML reads {key.value} as {kind}"
        elif key.value in first:
            yield line, f"{dotted((*path, key.value))}: this key stands on line {first[key.value]} already"
        else:
            first[key.value] = line


def _bad_yaml(error: yaml.YAMLError, text: str, name: str) -> SafedeployError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    if mark is not None:
        line, column = mark.line + 1, mark.column + 1
    else:
        before = text[: getattr(error, "position", 0)]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    lines = text.splitlines()
    shown = ""
    if 0 < line <= len(lines):
        offending = "".join(c if c.isprintable() else "?" for c in lines[line - 1])
        shown = f"\n  {offending}\n  {' ' * (column - 1)}^"
    hint = "Indent with spaces, not tabs." if "\\t" in problem else "Correct the YAML there, or on the line before."
    return SafedeployError("settings-bad-yaml", f"{name}:{line}:{column}: not YAML: {problem}{shown}", next_step=hint)
