"""Write the tables of docs/reliability.md from what a full run wrote down: `python -m tests.faults.report FILE...`.

Only what stands between the two marks of the page is replaced. Several files (for example of two machines) are one run.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.faults.records import Outcome

PAGE = Path(__file__).resolve().parents[2] / "docs/reliability.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
PARTS = {"run": "Faults in a whole push", "agent": "Faults in one command of the on-host program"}


def tables(outcomes: Sequence[Outcome]) -> str:
    """A table for each part: columns of the matrix down, kinds of steps across, with violations and recovery times."""
    made = distinct(one for one in outcomes if one.reached)
    texts = [_table(title, [one for one in made if one.injection.part == part]) for part, title in PARTS.items()]
    return "\n\n".join(text for text in texts if text)


def _table(title: str, outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return ""
    kinds = list(dict.fromkeys(one.injection.kind for one in outcomes))
    columns = list(dict.fromkeys(one.injection.column for one in outcomes))
    head = ["Fault", *(kind[0].upper() + kind[1:] for kind in kinds), "All", "Violations", "Median", "Worst"]
    rows = [_row(column, [one for one in outcomes if one.injection.column == column], kinds) for column in columns]
    rows.append(_row("**All**", outcomes, kinds))
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ["---", *["---:"] * (len(head) - 1)], *rows)]
    return f"### {title}\n\n" + "\n".join(lines)


def _row(name: str, outcomes: Sequence[Outcome], kinds: Iterable[str]) -> list[str]:
    counts = Counter(one.injection.kind for one in outcomes)
    times = [one.recovery for one in outcomes if one.recovery is not None]
    return [
        name,
        *(str(counts[kind]) if counts[kind] else "" for kind in kinds),
        str(sum(counts.values())),
        str(sum(bool(one.violations) for one in outcomes)),
        f"{statistics.median(times):.1f} s" if times else "",
        f"{max(times):.1f} s" if times else "",
    ]


def distinct(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """One for each injection, the last one of those that were repeated."""
    return list({one.injection.name: one for one in outcomes}.values())


def heading(documents: Sequence[dict], outcomes: Sequence[Outcome]) -> str:
    """How much, when and on what."""
    made = distinct(one for one in outcomes if one.reached)
    wrong = sum(bool(one.violations) for one in made)
    minutes = sum(one["seconds"] for one in documents) / 60
    return (
        f"{len(made)} distinct injections, {wrong} with a violation; {documents[0]['began'][:10]}, "
        f"{minutes:.0f} minutes, {documents[0]['machine']}."
    )


def main(files: Sequence[str]) -> int:
    documents = [json.loads(Path(file).read_text()) for file in files]
    outcomes = [Outcome.from_json(one) for told in documents for one in told["outcomes"]]
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{heading(documents, outcomes)}\n\n{tables(outcomes)}\n{END}{after}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
