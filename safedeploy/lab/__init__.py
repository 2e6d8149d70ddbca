"""A real fleet of Apache hosts on one machine.

`Lab.up(name, hosts, mode)` starts it, `Lab.load(name)` finds a running one, `lab.down()` removes every trace of it.
"""

from safedeploy.lab.fleet import Lab
from safedeploy.lab.host import LabHost

__all__ = ["Lab", "LabHost"]
