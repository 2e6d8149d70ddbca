"""Tests of the lab itself."""

from __future__ import annotations

import pytest

from safedeploy.lab.ability import why_no_namespaces


@pytest.fixture(scope="session")
def namespaces() -> None:
    """Skip where hosts cannot be namespaces."""
    if why := why_no_namespaces():
        pytest.skip(f"no namespaces: {why}")
