"""Fixtures that tests of every part may use."""

from __future__ import annotations

from lab_fixture import lab, make_lab

__all__ = ["lab", "make_lab"]
