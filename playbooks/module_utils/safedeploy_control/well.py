"""Whether a host that this run took out of service may go back into it, by what the host answered.

It may when it is as it was before, or verified back on it. A host whose state is not known stays out of service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ledger

if TYPE_CHECKING:
    from .bundle import Bundle

# Refusals of `activate` after which the host may be on either release. After any other it is on what it had.
_UNSURE = frozenset({"stranded", "bug"})


def may_serve(bundle: Bundle, host: str) -> tuple[bool, str]:
    """Whether the host may be put back into service now, and why not."""
    if bundle.result(host, "drain") is None or bundle.result(host, "undrain") is not None:
        return False, "it is not out of service"
    return as_before(bundle, host)


def as_before(bundle: Bundle, host: str) -> tuple[bool, str]:
    """Whether a host that went wrong is known to be on what it had before this run, and why not."""
    reverted = bundle.result(host, "revert")
    if reverted is not None:
        return True, ""
    activate = bundle.answer(host, "activate")
    if activate is None:
        asked = ledger.phases(bundle).get(host, set())
        return ("activate" not in asked), "it is not known whether it was changed"
    if activate.get("ok") is True:
        return False, "the new release is live there, and was not taken back"
    code = str((activate.get("error") or {}).get("code"))
    return code not in _UNSURE, f"its activation ended with {code}"


def out_of_service(bundle: Bundle) -> set[str]:
    """The hosts of this run that went wrong and of which it is not known that they serve."""
    return {
        host
        for host in ledger.lost(bundle)
        if not as_before(bundle, host)[0]
        or (bundle.result(host, "drain") is not None and bundle.result(host, "undrain") is None)
    }
