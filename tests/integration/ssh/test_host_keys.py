"""No host is spoken to whose key is not known."""

from __future__ import annotations

import subprocess

import pytest
from sshd import Sshd

from safedeploy.adapters.ssh import Answer, Kind, Unreachable

pytestmark = pytest.mark.lab


def test_a_known_key_lets_us_in(sshd: Sshd, ask):
    assert isinstance(ask(sshd.host()), Answer)


def test_an_unknown_key_is_refused_with_its_fingerprint(sshd: Sshd, ask):
    (sshd.root / "known_hosts").write_text("")
    reply = ask(sshd.host())
    assert isinstance(reply, Unreachable)
    assert reply.kind is Kind.HOST_KEY_UNKNOWN
    shown = subprocess.check_output(["ssh-keygen", "-lf", str(sshd.root / "host_key.pub")], text=True).split()[1]
    assert shown in reply.reason
    assert "known_hosts" in reply.next


def test_an_unknown_key_is_not_written_to_known_hosts(sshd: Sshd, ask):
    (sshd.root / "known_hosts").write_text("")
    ask(sshd.host())
    assert (sshd.root / "known_hosts").read_text() == ""


def test_a_changed_key_is_refused_with_both_fingerprints(sshd: Sshd, ask):
    sshd.keygen("other_key", "ed25519")
    sshd.know(key="other_key")
    reply = ask(sshd.host())
    assert isinstance(reply, Unreachable)
    assert reply.kind is Kind.HOST_KEY_CHANGED
    assert reply.reason.count("SHA256:") == 2


def test_a_hashed_name_is_found(sshd: Sshd, ask):
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(sshd.root / "known_hosts")], check=True, capture_output=True)
    assert "|1|" in (sshd.root / "known_hosts").read_text()
    assert isinstance(ask(sshd.host()), Answer)


def test_a_key_known_without_its_port_is_good_for_every_port(sshd: Sshd, ask):
    sshd.know(name="127.0.0.1")
    assert isinstance(ask(sshd.host()), Answer)


def test_a_host_key_alias_is_the_name_that_is_looked_up(sshd: Sshd, ask):
    sshd.know(name="rack7")
    arguments = (*sshd.connection().ssh_args, "-o", "HostKeyAlias=rack7")
    assert isinstance(ask(sshd.host(ssh_args=arguments)), Answer)


def test_a_revoked_key_is_refused_even_when_it_is_known(sshd: Sshd, ask):
    known = sshd.root / "known_hosts"
    known.write_text(known.read_text() + "@revoked " + known.read_text())
    reply = ask(sshd.host())
    assert isinstance(reply, Unreachable)
    assert reply.kind is Kind.HOST_KEY_CHANGED
    assert "revoked" in reply.reason


def test_the_type_of_key_that_is_known_is_the_one_that_is_asked_for(open_directory, ask):
    with Sshd(
        open_directory / "two-keys", extra=f"HostKey {open_directory}/two-keys/rsa_key", key_type="ed25519"
    ) as two:
        two.know(key="rsa_key")
        assert isinstance(ask(two.host()), Answer)


def test_no_argument_switches_the_check_off(sshd: Sshd, ask):
    (sshd.root / "known_hosts").write_text("")
    arguments = ("-o", "StrictHostKeyChecking=no", *sshd.connection().ssh_args)
    assert ask(sshd.host(ssh_args=arguments)).kind is Kind.HOST_KEY_UNKNOWN


def test_a_personal_setting_that_switches_the_check_off_does_not_count(sshd: Sshd, ask):
    config = sshd.root / "config"
    config.write_text("StrictHostKeyChecking no\n")
    (sshd.root / "known_hosts").write_text("")
    arguments = ("-F", str(config), *sshd.connection().ssh_args[2:])
    reply = ask(sshd.host(ssh_args=arguments))
    assert isinstance(reply, Unreachable)
    assert reply.kind is Kind.HOST_KEY_UNKNOWN
