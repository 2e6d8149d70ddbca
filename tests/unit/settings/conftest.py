from __future__ import annotations

import textwrap

import pytest


@pytest.fixture
def project(tmp_path):
    """A directory with an inventory `prod`, to which `write(text)` gives its safedeploy.yml."""
    (tmp_path / "inventories" / "prod").mkdir(parents=True)

    def write(text: str):
        (tmp_path / "safedeploy.yml").write_text(textwrap.dedent(text))
        return tmp_path

    return write
