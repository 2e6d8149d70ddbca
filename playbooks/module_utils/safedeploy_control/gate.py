"""Whether the next batch of a rollout may begin: asked by the action `safedeploy_gate`, and before it by a callback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ledger
from .room import crowded

if TYPE_CHECKING:
    from .bundle import Bundle


def refusal(bundle: Bundle, batch: list[str]) -> str:
    """Why the batch may not begin; empty when it may. Raises BundleError, and KeyError for a policy without budget."""
    lost, budget = ledger.lost(bundle), int(bundle.policy["error_budget"])
    if len(lost) > budget:
        return (
            f"The rollout stops here: {toll(bundle, lost, budget)} The hosts of this batch and of later ones were not "
            "changed."
        )
    if waiting := ledger.held(bundle):
        return (
            f"The rollout stops here: {', '.join(waiting[:10])} wait for a person's decision. "
            "The hosts of this batch and of later ones were not changed."
        )
    full = crowded(bundle, batch)
    return f"The rollout stops here: {full}" if full else ""


def toll(bundle: Bundle, lost: dict[str, str], budget: int) -> str:
    """How many hosts went wrong, of how many, and which."""
    named = ", ".join(f"{host} ({why})" for host, why in sorted(lost.items())[:10])
    more = f" and {len(lost) - 10} more" if len(lost) > 10 else ""
    return f"{len(lost)} of {len(bundle.hosts)} hosts went wrong, allowed are {budget}: {named}{more}."
