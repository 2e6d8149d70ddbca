"""The section `drift` of safedeploy.yml."""

from typing import Annotated

from pydantic import Field

from safedeploy.core import policy

from .strict import Strict


class DriftCheck(Strict):
    """What `safedeploy drift` minds."""

    certificate_days: int = Field(
        default=policy.DriftCheck.certificate_days,
        ge=0,
        description="A certificate of httpd that ends within so many days is drift.",
    )
    ignore: list[Annotated[str, Field(pattern="^/")]] = Field(
        default=list(policy.DriftCheck.ignore),
        description="Patterns of extra files that may be there; `**` crosses directories.",
    )
