"""Fixtures that tests of every part may use."""

from __future__ import annotations

from tests.lab_fixture import _labs, lab, make_lab

__all__ = ["_labs", "lab", "make_lab"]
