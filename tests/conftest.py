"""Fixtures that tests of every part may use."""

from __future__ import annotations

from tests.apache_fixture import apache
from tests.lab_fixture import _labs, lab, make_lab

__all__ = ["_labs", "apache", "lab", "make_lab"]
