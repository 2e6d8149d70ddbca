"""Find every error code that the source can raise, without running it.

A code is the first argument of `SafedeployError` or `AgentError`, or of the plugins' `refused` (unless it is a reason).
Where that is a parameter of the function around it (a small function that builds one kind of error), its callers are
followed; where it is a local name, its assignments are. `error.code` passes an existing code on and adds none. The
reasons why a host cannot be reached are the members of `Kind` in safedeploy/adapters/ssh/reply.py. docs/errors.md
explains all of them, and tests/meta/test_errors_documented.py compares the two.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ERRORS = ("SafedeployError", "AgentError")
REFUSED = "refused"
REASONS = "safedeploy/adapters/ssh/reply.py"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where each code or reason comes from: `{code: [path:line]}`; `unclear` are places that could not be followed."""

    codes: dict[str, list[str]]
    reasons: dict[str, list[str]]
    unclear: list[str]


def called(call: ast.Call) -> str:
    """The last part of the name that is called."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """An argument by position or by keyword."""
    if len(call.args) > position:
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def constants(expression: ast.expr) -> set[str] | None:
    """The texts that an expression can be: one, or those of both arms of a condition. None for anything else."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return {expression.value}
    if isinstance(expression, ast.IfExp):
        arms = constants(expression.body), constants(expression.orelse)
        return None if None in arms else set().union(*filter(None, arms))
    return None


def assigned(name: str, target: ast.expr, value: ast.expr) -> list[ast.expr]:
    """What an assignment gives to `name`, also as one of several names and out of both arms of a condition."""
    if isinstance(value, ast.IfExp) and isinstance(target, ast.Tuple):
        return [*assigned(name, target, value.body), *assigned(name, target, value.orelse)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=False)
        return [given for place, given in pairs if isinstance(place, ast.Name) and place.id == name]
    return [value] if isinstance(target, ast.Name) and target.id == name else []


class Source:
    """The parsed files and what calls what in them."""

    def __init__(self, files: Iterator[Path]) -> None:
        self.trees = {path: ast.parse(path.read_text()) for path in sorted(files)}
        self.calls: dict[str, list[tuple[Path, ast.Call, Function | None]]] = defaultdict(list)
        for path, tree in self.trees.items():
            self._collect(path, tree, None)

    def _collect(self, path: Path, node: ast.AST, around: Function | None) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                self.calls[called(child)].append((path, child, around))
            self._collect(path, child, child if isinstance(child, Function) else around)

    def codes(
        self, name: str, position: int = 0, parameter: str = "code", default: ast.expr | None = None
    ) -> Iterator[tuple[str | None, str]]:
        """Every (code, place) given to `name`; the code is None where it cannot be told from the text."""
        for path, call, around in self.calls[name]:
            place = f"{path.relative_to(CHECKOUT)}:{call.lineno}"
            given = argument(call, position, parameter) or default
            if given is None or (isinstance(given, ast.Attribute) and given.attr == "code"):
                continue
            texts = constants(given)
            if texts is not None:
                yield from ((text, place) for text in texts)
            elif isinstance(given, ast.Name) and around is not None:
                yield from self._through(given.id, around, place)
            else:
                yield None, place

    def _through(self, name: str, around: Function, place: str) -> Iterator[tuple[str | None, str]]:
        """A name inside a function: one of its parameters, or a local that it assigns."""
        parameters = [parameter.arg for parameter in (*around.args.posonlyargs, *around.args.args)]
        keywords = [parameter.arg for parameter in around.args.kwonlyargs]
        if name in (*parameters, *keywords):
            position = parameters.index(name) - (parameters[0] == "self") if name in parameters else sys.maxsize
            defaults = dict(zip(reversed(parameters), reversed(around.args.defaults), strict=False))
            defaults |= {key: value for key, value in zip(keywords, around.args.kw_defaults, strict=True) if value}
            yield from self.codes(around.name, position, name, defaults.get(name))
            return
        values = [
            constants(value)
            for node in ast.walk(around)
            if isinstance(node, ast.Assign)
            for value in assigned(name, node.targets[0], node.value)
        ]
        if not values or None in values:
            yield None, place
        yield from ((text, place) for value in values for text in value or ())


def reasons(tree: ast.Module, place: str) -> Iterator[tuple[str, str]]:
    """The values of the enumeration `Kind`."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Kind":
            for item in node.body:
                if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant):
                    yield str(item.value.value), f"{place}:{item.lineno}"


def collect() -> Places:
    """Read the product's source, the agent and the plugins."""
    source = Source(path for part in ("safedeploy", "playbooks") for path in (CHECKOUT / part).rglob("*.py"))
    kinds: dict[str, list[str]] = defaultdict(list)
    if CHECKOUT / REASONS in source.trees:
        for reason, place in reasons(source.trees[CHECKOUT / REASONS], REASONS):
            kinds[reason].append(place)
    codes: dict[str, list[str]] = defaultdict(list)
    unclear = []
    for name in (*ERRORS, REFUSED):
        for code, place in source.codes(name):
            if code is None:
                unclear.append(place)
            elif name != REFUSED or code not in kinds:
                codes[code].append(place)
    return Places(codes=dict(sorted(codes.items())), reasons=dict(sorted(kinds.items())), unclear=unclear)


def documented(heading: str) -> set[str]:
    """The codes that the tables below a heading of docs/errors.md explain (`heading` is the start of its text)."""
    page = CHECKOUT / "docs" / "errors.md"
    sections = re.split(r"^## ", page.read_text() if page.exists() else "", flags=re.MULTILINE)
    rows = (line for section in sections if section.startswith(heading) for line in section.splitlines())
    return {match[1] for line in rows if (match := re.match(r"\| `([a-z0-9-]+)` \|", line))}


def main() -> int:
    """Print every code and its places; 1 when the page and the source differ."""
    found = collect()
    parts = (("Codes", found.codes), ("Reasons", found.reasons))
    different = bool(found.unclear)
    for heading, table in parts:
        known = documented(heading)
        print(f"{heading}:")
        for code, places in table.items():
            print(f"  {code:<30} {'' if code in known else 'NOT DOCUMENTED  '}{', '.join(places)}")
        for code in sorted(known - table.keys()):
            print(f"  {code:<30} documented, but nothing raises it")
        different = different or known != table.keys()
    for place in found.unclear:
        print(f"  the code at {place} cannot be told from the text")
    return int(different)


if __name__ == "__main__":
    sys.exit(main())
