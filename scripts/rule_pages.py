"""Write the pages of the linter's rules from the rules themselves: docs/rules/*.md and docs/pitfalls.md.

The pages are committed, and tests/meta/test_rule_pages.py proves that they are what this program prints. Run
`.venv/bin/python -m scripts.rule_pages` after adding or changing a rule.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from safedeploy.lint.example import main_of
from safedeploy.lint.registry import rules
from safedeploy.lint.rule import Case, Rule, Symptom

DOCS = Path(__file__).resolve().parent.parent / "docs"
MORE = (
    "- All rules: [README.md](README.md); by what is seen: [pitfalls.md](../pitfalls.md); how to switch a rule off or "
    "ignore a finding: [lint.md](../lint.md)"
)
MADE = "This page is written by `scripts/rule_pages.py` from the rule{} itself."

PITFALLS = """\
# Pitfalls of Apache httpd

What goes wrong with configurations of Apache httpd, by what a person sees. Each is a rule of `safedeploy lint`
([lint.md](lint.md)), which finds it before anybody does; each has a page with the wrong and the right form. What a line
of an error log means is told by `safedeploy explain "LINE"`.
"""


def pages() -> dict[str, str]:
    """Every page by its path below docs/."""
    found = {f"rules/{rule.id}.md": rule_page(rule) for rule in rules().values()}
    return {**found, "rules/README.md": index(), "pitfalls.md": pitfalls()}


def rule_page(rule: Rule) -> str:
    """The page of one rule."""
    fixes = " What is found is corrected by `safedeploy lint --fix` where that is safe." if rule.fixes else ""
    parts = [
        f"# {rule.title}",
        f"`{rule.id}`: {rule.severity.value}, in the profile `{rule.profile.value}` and stricter ones.{fixes}",
        "Seen as: " + "; ".join(symptom.value for symptom in rule.symptoms) + ".",
        f"## Why it hurts\n\n{rule.why}",
        f"## What to do\n\n{rule.remedy}",
        "## Wrong\n\n" + "\n\n".join(example(case) for case in rule.bad),
        "## Right\n\n" + "\n\n".join(example(case) for case in rule.good),
        f"## More\n\n- Source: <{rule.source}>\n{MORE}",
        MADE.format(""),
    ]
    return "\n\n".join(parts) + "\n"


def example(case: Case) -> str:
    """A case as it would be written, and what is known beside it."""
    texts = {main_of(case): case.text, **case.files} if case.text else dict(case.files)
    several = len(texts) > 1 or not case.text
    blocks = [
        f"{f'`{path}`:' + chr(10) * 2 if several else ''}```apache\n{text.rstrip()}\n```"
        for path, text in texts.items()
    ]
    links = [f"`{path}` is a link to `{target}`." for path, target in case.links.items()]
    known = ", ".join(known_beside(case))
    return "\n\n".join([*blocks, *links, *([f"With {known}."] if known else [])])


def known_beside(case: Case) -> Iterator[str]:
    """What the case takes for granted, in words."""
    if case.modules is not None:
        names = ", ".join(f"`{name}`" for name in case.modules)
        yield f"{names} loaded and no other module" if names else "no module loaded"
    if case.version is not None:
        yield f"httpd {'.'.join(str(part) for part in case.version)}"
    for path in case.closed:
        yield f"nothing else below `{path}`"


def index() -> str:
    """The list of all rules."""
    rows = [
        f"| [{rule.id}]({rule.id}.md) | {rule.severity.value} | {rule.profile.value} | {rule.title} |"
        for rule in rules().values()
    ]
    head = "# Rules of the linter\n\nWhat `safedeploy lint` looks for; `safedeploy rules` prints the same list."
    table = "| Rule | Severity | From profile | What it finds |\n|---|---|---|---|\n" + "\n".join(rows)
    return f"{head}\n\n{table}\n\n{MADE.format('s')}\n"


def pitfalls() -> str:
    """The rules by symptom, the gravest first."""
    parts = [PITFALLS]
    for symptom in Symptom:
        here = sorted(
            (rule for rule in rules().values() if symptom in rule.symptoms),
            key=lambda rule: (rule.severity.rank, rule.symptoms.index(symptom), rule.id),
        )
        if here:
            heading = symptom.value[0].upper() + symptom.value[1:]
            lines = "\n".join(f"- [{rule.title}](rules/{rule.id}.md). {rule.remedy}" for rule in here)
            parts.append(f"## {heading}\n\n{lines}\n")
    parts.append(MADE.format("s") + "\n")
    return "\n".join(parts)


def main() -> int:
    """Write all pages, and remove those of rules that are gone."""
    found = pages()
    (DOCS / "rules").mkdir(exist_ok=True)
    for path in (DOCS / "rules").glob("*.md"):
        if f"rules/{path.name}" not in found:
            path.unlink()
    for name, text in found.items():
        (DOCS / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
