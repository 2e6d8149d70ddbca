"""The section `lint` of safedeploy.yml."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from safedeploy.core import policy

from .strict import Strict, empty_is_absent


def _known(rules: dict[str, str]) -> dict[str, str]:
    """Refuse ids that no rule has. The rules are only read where some are named."""
    if rules:
        from safedeploy.lint import registry  # noqa: PLC0415 - most settings name none, and reading all takes time

        for name in rules:
            if name not in registry.rules():
                raise ValueError(registry.unknown(name))
    return rules


def _level(value: object) -> object:
    """To YAML, `off` without quotes is false."""
    return "off" if value is False else value


Level = Annotated[
    Literal["off", "info", "warning", "error"],
    BeforeValidator(_level),
    WithJsonSchema({"enum": ["off", "info", "warning", "error", False]}),
]


class Lint(Strict):
    """What the linter looks for."""

    profile: Literal["minimal", "default", "strict"] = Field(
        default=policy.Lint.profile.value, description="Which rules are on: what is certain to hurt, most, or all."
    )
    rules: Annotated[dict[str, Level], AfterValidator(_known), BeforeValidator(empty_is_absent)] = Field(
        default_factory=dict, description="How grave the findings of single rules are, by the id of the rule."
    )
    ignore: list[Annotated[str, Field(min_length=1)]] = Field(
        default=list(policy.Lint.ignore), description="Patterns of files whose findings are left out."
    )
    fail_on: Literal["error", "warning", "never"] = Field(
        default=policy.Lint.fail_on.value, description="From which severity on a finding refuses a plan or push."
    )
