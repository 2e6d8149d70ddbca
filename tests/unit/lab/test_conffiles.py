from __future__ import annotations

import hashlib

import pytest

from safedeploy.lab import conffiles


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine whose package has two files beside the main ones; returns its server root."""
    shipped = {"apache2.conf": "package", "mods-available/x.load": "x", "mods-available/y.conf": "y", "gone.conf": "g"}
    lines = [f" {tmp_path}/{name} {hashlib.md5(text.encode()).hexdigest()}" for name, text in shipped.items()]
    lines += [" /etc/default/other 00", f" {tmp_path}/old.conf 00 obsolete"]
    for name, text in shipped.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "gone.conf").unlink()
    (tmp_path / "old.conf").write_text("old")
    (tmp_path / "mods-available/local.conf").write_text("a file of somebody else")
    monkeypatch.setattr(conffiles, "run", lambda _argv: "\n".join(lines))
    return tmp_path


def test_the_packages_own_files_are_read_and_no_others(machine):
    read = conffiles.read(machine)
    assert read.files["apache2.conf"] == b"package"
    assert read.files["mods-available/x.load"] == b"x"
    assert {"mods-available/local.conf", "old.conf", "gone.conf"} & read.files.keys() == set()
    assert read.edited == ()


def test_an_edited_main_file_is_replaced_by_the_text_that_is_known(machine):
    (machine / "apache2.conf").write_text("Include /etc/machine-secrets/*.conf")
    read = conffiles.read(machine)
    assert read.files["apache2.conf"] == conffiles.APACHE2_CONF.encode()
    assert read.edited == ()


def test_another_edited_file_is_taken_and_named(machine):
    (machine / "mods-available/y.conf").write_text("edited")
    read = conffiles.read(machine)
    assert read.files["mods-available/y.conf"] == b"edited"
    assert read.edited == ("mods-available/y.conf",)
