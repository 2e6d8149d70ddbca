"""httpd accepts what the starter templates make, and has nothing to warn of."""

from __future__ import annotations

import re

import pytest

from tests.integration.templates.ansible_render import TEMPLATES
from tests.integration.templates.cases import CASES, CONTRADICTIONS, SERVED

pytestmark = pytest.mark.apache


@pytest.mark.parametrize("case", CASES)
def test_httpd_accepts(httpd, rendered, case):
    tested = httpd.configtest(rendered(case))
    assert (tested.returncode, tested.stderr.strip()) == (0, "Syntax OK")


@pytest.mark.parametrize("case", CASES)
def test_the_file_is_laid_out_as_a_person_would(rendered, case):
    text = rendered(case).read_text()
    assert text.endswith("\n")
    assert not re.search(r"[ \t]+$|\n\n\n|\n\n</|\A\n|\n\n\Z|></", text, re.MULTILINE), text


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_numbers_of_workers_that_contradict_each_other_are_not_rendered(rendered, case):
    assert "mpm_" in rendered.errors[case]


def test_httpd_would_have_run_with_other_numbers(httpd, tmp_path):
    """Why the template refuses: httpd takes the same contradiction with a warning."""
    file = tmp_path / "workers.conf"
    file.write_text("ThreadsPerChild 30\nMaxRequestWorkers 100\n")
    tested = httpd.configtest(file)
    assert tested.returncode == 0
    assert "AH00513" in tested.stderr


def test_every_template_is_tried():
    tried = {template for template, _ in (*CASES.values(), *SERVED.values())}
    assert tried == {path.name for path in TEMPLATES.glob("*.j2")}
