"""What the host resolves is written into a file, and nothing else is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from safedeploy_host.shadow import names


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "hosts").write_text("127.0.0.1 localhost # here\n10.0.0.1 db.test db\n")
    (tmp_path / "nsswitch.conf").write_text("passwd: files sss\nhosts: mymachines dns files\n")
    monkeypatch.setattr(names, "_HOSTS", str(tmp_path / "hosts"))
    monkeypatch.setattr(names, "_SWITCH", str(tmp_path / "nsswitch.conf"))
    return tmp_path


def test_names_are_added_with_every_address_and_those_of_the_file_stay(files: Path) -> None:
    names.write({"app.test": ["10.0.0.7", "2001:db8::7"], "db": ["10.9.9.9"], "localhost": ["127.0.0.1"]})

    assert (files / "hosts").read_text().splitlines() == [
        "127.0.0.1 localhost # here",
        "10.0.0.1 db.test db",
        "10.0.0.7 app.test",
        "2001:db8::7 app.test",
    ]


def test_only_the_file_is_asked_for_hosts_and_other_lookups_stay(files: Path) -> None:
    names.write({})

    assert (files / "nsswitch.conf").read_text() == "passwd: files sss\nhosts: files\n"


def test_what_is_no_name_is_not_written(files: Path) -> None:
    names.write({"10.0.0.8": ["10.0.0.8"], "two words": ["10.0.0.9"], "a\n6.6.6.6 evil": ["10.0.0.9"]})

    assert (files / "hosts").read_text().splitlines() == ["127.0.0.1 localhost # here", "10.0.0.1 db.test db"]


def test_a_host_without_these_files_gets_them(tmp_path: Path, files: Path) -> None:
    (files / "hosts").unlink()
    (files / "nsswitch.conf").unlink()

    names.write({"app.test": ["10.0.0.7"]})

    assert "10.0.0.7 app.test" in (files / "hosts").read_text()
    assert (files / "nsswitch.conf").read_text() == "hosts: files\n"
