"""A real fleet of Apache hosts on one machine.

`Lab.up(name, hosts, mode)` starts it, `Lab.load(name)` finds a running one, `lab.down()` removes every trace of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safedeploy.lab.fleet import Lab
    from safedeploy.lab.host import LabHost

__all__ = ["Lab", "LabHost"]


def __getattr__(name: str) -> Any:
    """Import the lab when it is first asked for: every start of the program reads this package's names."""
    if name == "Lab":
        from safedeploy.lab.fleet import Lab  # noqa: PLC0415 - see above

        return Lab
    if name == "LabHost":
        from safedeploy.lab.host import LabHost  # noqa: PLC0415 - see above

        return LabHost
    raise AttributeError(name)
