"""Whether a batch would take more hosts out of service than may be, with those that are out already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .well import out_of_service

if TYPE_CHECKING:
    from .bundle import Bundle


def crowded(bundle: Bundle, batch: list[str]) -> str:
    """Why the batch may not begin; empty when it may. Hosts that this run has lost count from then on."""
    room = bundle.policy.get("room")
    if not room:
        return ""
    before = {str(host) for host in room["out"]}
    out = before | out_of_service(bundle)
    # More may be out than allowed when the push is there to repair just them.
    limit = max(int(room["limit"]), len(before))
    if len(out | set(batch)) <= limit:
        return ""
    return (
        f"{len(out)} out of service ({', '.join(sorted(out)[:10])}), and max_unavailable allows {limit}, those of the "
        f"next batch ({', '.join(batch[:10])}) included. They and later ones were not changed."
    )
