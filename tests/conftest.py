"""Fixtures that tests of every part may use."""

from __future__ import annotations

from tests.apache_fixture import apache
from tests.lab_fixture import _labs, lab, make_lab
from tests.own_state import own_state
from tests.postgres_fixture import postgres

__all__ = ["_labs", "apache", "lab", "make_lab", "own_state", "postgres"]
