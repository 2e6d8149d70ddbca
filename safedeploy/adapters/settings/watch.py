"""The section `watch` of safedeploy.yml."""

from pydantic import Field

from safedeploy.core import policy

from .strict import Strict
from .values import Seconds


class Watch(Strict):
    """What `safedeploy watch` may do by itself."""

    rollback: bool = Field(
        default=policy.WatchPolicy.rollback,
        description="Whether a push is taken back when errors rise right after it and its change is the clear cause.",
    )
    recent: Seconds = Field(
        default=policy.WatchPolicy.recent, description="How long before the rise of errors such a push began at most."
    )
