"""A comment that ignores a finding which is not there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Edit, Fix, Severity
from safedeploy.lint.ignores import Ignore
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom
from safedeploy.lint.syntax.position import Position


def check(_configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """The engine alone knows which comments were used; it calls `hits`."""
    yield from ()


def hits(comments: Sequence[Ignore], used: Collection[int], is_on: Callable[[str], bool | None]) -> Iterator[Hit]:
    """A hit for each comment that covers no finding. `used` has the ids of those that do.

    `is_on` says of a rule whether it would have told: None when there is no such rule.
    """
    for comment in comments:
        if not comment.rules:
            yield Hit(at=comment.position, message="this comment names no rule", remedy="Name the rule to ignore.")
            continue
        unknown = [name for name in comment.rules if is_on(name) is None]
        if unknown:
            yield Hit(at=comment.position, message=f"there is no rule '{unknown[0]}'")
        elif id(comment) not in used and all(is_on(name) for name in comment.rules):
            yield Hit(
                at=comment.position,
                message=f"nothing to ignore here: {', '.join(comment.rules)} finds nothing in what this comment covers",
                fix=Fix(title="Remove the comment.", edits=(Edit(position=_whole(comment.position), text=""),)),
            )


def _whole(position: Position) -> Position:
    """The lines of a comment, with the end of the last."""
    return replace(position, column=1, end_line=position.end_line + 1, end_column=1)


RULE = Rule(
    id="unused-ignore",
    group="ignores",
    severity=Severity.WARNING,
    title="A comment ignores a finding that is not there",
    why="A comment that outlives its finding silently hides the next one at the same place, and the reason that it "
    "gives is not true any more.",
    remedy="Remove the comment, or correct the rule's name.",
    symptoms=(Symptom.NO_EFFECT,),
    source="https://httpd.apache.org/docs/2.4/configuring.html#syntax",
    good=(
        Case(
            text="# safedeploy: ignore outdated-directive the old balancer reads this file too\nNameVirtualHost *:80\n"
        ),
    ),
    bad=(Case(text="# safedeploy: ignore outdated-directive from before the move\nServerName www.example.test\n"),),
    check=check,
    fixes=True,
)
