"""known_hosts, as sshd(8) describes it."""

from __future__ import annotations

import base64
import subprocess

import pytest

from safedeploy.adapters.ssh.known_hosts import lookup

KEY = base64.b64encode(b"one key").decode()
OTHER = base64.b64encode(b"another key").decode()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f"web1 ssh-ed25519 {KEY}", "web1"),
        (f"web2,web1 ssh-ed25519 {KEY} a comment", "web1"),
        (f"[web1]:2222 ssh-ed25519 {KEY}", "[web1]:2222"),
        (f"*.example.com ssh-ed25519 {KEY}", "web1.example.com"),
        (f"[*.example.com]:2222 ssh-ed25519 {KEY}", "[web1.example.com]:2222"),
        (f"web? ssh-ed25519 {KEY}", "web1"),
        (f"2001:db8::1 ssh-ed25519 {KEY}", "2001:db8::1"),
    ],
)
def test_a_name_that_a_line_has_is_known(tmp_path, line, name):
    (tmp_path / "known").write_text(f"# comment\n\n{line}\n")
    assert lookup(name, [tmp_path / "known"]).has(b"one key")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f"web1 ssh-ed25519 {KEY}", "web10"),
        (f"web1 ssh-ed25519 {KEY}", "[web1]:2222"),
        (f"*.example.com,!web1.example.com ssh-ed25519 {KEY}", "web1.example.com"),
        (f"[web1]:2222 ssh-ed25519 {KEY}", "w"),
        ("web1 ssh-ed25519 not!base64", "web1"),
        ("web1 ssh-ed25519", "web1"),
        ("|1|broken ssh-ed25519 AAAA", "web1"),
        (f"@revoked web1 ssh-ed25519 {KEY}", "web1"),
        (f"@cert-authority web1 ssh-ed25519 {KEY}", "web1"),
    ],
)
def test_a_name_that_no_line_has_is_not_known(tmp_path, line, name):
    (tmp_path / "known").write_text(f"{line}\n")
    assert not lookup(name, [tmp_path / "known"]).keys


def test_names_that_openssh_hashed_are_found(tmp_path):
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    kind, blob = (tmp_path / "key.pub").read_text().split()[:2]
    (tmp_path / "known").write_text(f"[web1]:2222 {kind} {blob}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(tmp_path / "known")], check=True, capture_output=True)
    assert lookup("[web1]:2222", [tmp_path / "known"]).has(base64.b64decode(blob))
    assert not lookup("web1", [tmp_path / "known"]).keys


def test_revoked_keys_and_authorities_are_told_apart_from_keys(tmp_path):
    (tmp_path / "known").write_text(f"@revoked * ssh-ed25519 {OTHER}\n@cert-authority *.test ssh-rsa {KEY}\n")
    known = lookup("web1.test", [tmp_path / "known"])
    assert known.is_revoked(b"another key")
    assert known.authority
    assert not known.has(b"one key")


def test_all_files_count_in_their_order_and_a_missing_one_says_nothing(tmp_path):
    (tmp_path / "user").write_text(f"web1 ssh-rsa {KEY}\n")
    (tmp_path / "machine").write_text(f"web1 ssh-ed25519 {OTHER}\n")
    known = lookup("web1", [tmp_path / "none", tmp_path / "user", tmp_path / "machine"])
    assert known.types() == ("ssh-rsa", "ssh-ed25519")
