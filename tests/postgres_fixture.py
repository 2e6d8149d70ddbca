"""The fixture of a real PostgreSQL server, one for each process of the tests that asks for it."""

from __future__ import annotations

import pytest

from tests.private_postgres import PrivatePostgres, binaries


@pytest.fixture(scope="session")
def postgres():
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed here: scripts/setup --dev installs one")
    server = PrivatePostgres(programs)
    yield server
    server.end()
