"""`safedeploy rules`."""

from __future__ import annotations

from safedeploy.cli.failure import reported
from safedeploy.cli.options import Json


@reported
def rules(*, as_json: Json = False) -> None:
    """List the rules of the linter.

    `safedeploy explain RULE` tells more of one; docs/rules has a page for each.
    """
    from safedeploy.cli import screen
    from safedeploy.lint.registry import rules as every

    found = every().values()
    if as_json:
        screen.say_json(
            {
                "format": "safedeploy-rules",
                "version": 1,
                "rules": [
                    {
                        "id": rule.id,
                        "group": rule.group,
                        "severity": rule.severity.value,
                        "profile": rule.profile.value,
                        "title": rule.title,
                        "why": rule.why,
                        "remedy": rule.remedy,
                        "symptoms": [symptom.value for symptom in rule.symptoms],
                        "source": rule.source,
                        "fixes": rule.fixes,
                    }
                    for rule in found
                ],
            }
        )
        return
    console = screen.out()
    width = max(len(rule.id) for rule in found)
    for rule in found:
        style = {"error": "red", "warning": "yellow"}.get(rule.severity.value, "")
        fixes = " (--fix)" if rule.fixes else ""
        screen.say(
            console,
            f"{rule.id:<{width}}  {rule.severity.value:<7}  {rule.profile.value:<7}  {rule.title}{fixes}",
            style,
        )
