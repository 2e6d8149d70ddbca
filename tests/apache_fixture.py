"""The fixture `apache`: a private Apache (private_apache.py) that leaves no process and no file behind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.private_apache import Apache, file_entry, free_port, make_certificate

__all__ = ["Apache", "apache", "file_entry", "free_port", "make_certificate"]


@pytest.fixture
def apache() -> Iterator[Apache]:
    """A private Apache that is laid out and not started."""
    if not Path("/usr/sbin/apache2").exists():
        pytest.skip("apache2 is not installed")
    root = Path(tempfile.mkdtemp(prefix="apache-"))
    root.chmod(0o755)
    try:
        server = Apache(root)
        try:
            yield server
        finally:
            server.kill()
    finally:
        shutil.rmtree(root)
