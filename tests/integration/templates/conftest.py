"""Everything is rendered once, by Ansible itself; each test then has httpd read or serve the result."""

from __future__ import annotations

import pytest

from tests.integration.templates.ansible_render import render
from tests.integration.templates.cases import CASES, CONTRADICTIONS, PORTS, SERVED
from tests.integration.templates.httpd import PrivateHttpd, program


@pytest.fixture(scope="module")
def httpd():
    if program() is None:
        pytest.fail("apache2 is not installed: scripts/packages installs what the tests need")
    private = PrivateHttpd()
    yield private
    private.close()


@pytest.fixture(scope="module")
def rendered(httpd, tmp_path_factory):
    """`rendered(name)` is the file of a case; `rendered.errors` tells what could not be rendered."""
    directory = tmp_path_factory.mktemp("rendered")
    wanted = {
        **CASES,
        **SERVED,
        **{name: ("mpm-event.conf.j2", variables) for name, variables in CONTRADICTIONS.items()},
    }
    files = {name: f"{number:02}.conf" for number, name in enumerate(wanted)}
    jobs = {
        files[name]: (template, httpd.fill({**PORTS, **variables})) for name, (template, variables) in wanted.items()
    }
    outcomes = render(jobs, directory)

    def file(name: str):
        assert outcomes[files[name]] is None, outcomes[files[name]]
        return directory / files[name]

    file.errors = {name: outcomes[files[name]] for name in wanted}
    return file
