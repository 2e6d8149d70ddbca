"""What of a host's files may be shown when they differ from what was released: diffs without secrets, and bounded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from safedeploy.core.diff import Diff, unified
from safedeploy.core.drift import DriftItem, Hint, HostDrift
from safedeploy.core.drift_judge import Shown
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.planning import masker_of

MOST_LINES = 300
LONGEST = 2000

Hide = Callable[[str], str]


def shown(
    desired: Mapping[str, Desired] | None, unrendered: str, hide: Hide, *, most_lines: int = MOST_LINES
) -> Callable[[str], Shown]:
    """For a host, what makes the diff of a path there.

    What is secret in a file is known by rendering it: without that, no content is shown.
    """
    if desired is None:
        why = unrendered.splitlines()[0] if unrendered else "the project was not rendered"
        note = f"not shown, for what is secret in it is not known: {why}"
        return lambda _host: lambda path, _before, _after: Diff(path=path, note=note)
    masker = masker_of(desired)
    secret = frozenset().union(*(item.tree.secret_paths for item in desired.values()))
    done: dict[tuple[str, str, str], tuple[str, str]] = {}

    def of_host(host: str) -> Shown:
        tree = desired[host].tree

        def diff(path: str, before: bytes | None, after: bytes | None) -> Diff:
            if path in secret:
                return Diff(path=path, note="the content is secret: not shown")
            entry = tree.entries.get(path)
            rendered = tree.content.get(entry.sha256 or "") if entry is not None else None
            if before is not None and rendered is None:
                return Diff(
                    path=path, note="not shown, for the project does not render it: what is secret is not known"
                )
            pattern = (rendered or b"").decode("utf-8", "replace")

            def mask(old: str, new: str) -> tuple[str, str]:
                if (old, new, pattern) not in done:
                    # A password that was changed by hand is in no vault: it is where another secret was.
                    one, other = masker.old_text(old, new), masker.old_text(new, old)
                    done[old, new, pattern] = masker.old_text(one, pattern), masker.old_text(other, pattern)
                one, other = done[old, new, pattern]
                return hide(one), hide(other)

            return _bounded(unified(path, before, after, mask), most_lines)

        return diff

    return of_host


def _bounded(diff: Diff, most_lines: int) -> Diff:
    lines = diff.text.splitlines(keepends=True)
    kept = [line if len(line) <= LONGEST else line[:LONGEST] + " [...]\n" for line in lines[:most_lines]]
    if kept == lines:
        return diff
    note = f"{len(lines) - most_lines} lines more: not shown" if len(lines) > most_lines else "long lines are cut"
    return replace(diff, text="".join(kept), note=note)


def hidden(host: HostDrift, hide: Hide) -> HostDrift:
    """The same with the secrets hidden in every text that a host had a part in."""

    def of_item(item: DriftItem) -> DriftItem:
        who = tuple(Hint(source=one.source, at=one.at, text=hide(one.text)) for one in item.who)
        return replace(item, text=hide(item.text), remedy=hide(item.remedy), who=who)

    return replace(
        host, items=tuple(of_item(item) for item in host.items), notes=tuple(hide(note) for note in host.notes)
    )
