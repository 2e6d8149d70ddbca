"""Ways to a host, and what is said when there is none."""

from __future__ import annotations

import os
import socket
import subprocess
import time

import pytest
from sshd import Sshd, free_port

from safedeploy.adapters.ssh import Answer, Kind, Unreachable
from safedeploy.core.policy import Ssh

pytestmark = pytest.mark.lab


def kind(reply) -> Kind:
    assert isinstance(reply, Unreachable), reply
    assert reply.reason
    assert reply.next
    return reply.kind


def test_a_port_where_nothing_listens_is_refused(sshd: Sshd, ask):
    assert kind(ask(sshd.host(port=free_port()))) is Kind.REFUSED


def test_a_name_that_does_not_exist_is_unresolvable(sshd: Sshd, ask):
    assert kind(ask(sshd.host(address="no-such-host.invalid"))) is Kind.UNRESOLVABLE


@pytest.mark.parametrize("address", ["-oProxyCommand=touch /tmp/owned", "a b", "$(id)", ""])
def test_what_is_no_address_never_reaches_a_command_line(sshd: Sshd, ask, address):
    assert kind(ask(sshd.host(address=address))) is Kind.UNRESOLVABLE


def test_a_host_that_swallows_packets_times_out_at_the_deadline(sshd: Sshd, ask):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        # A backlog that is full drops new connections, as a firewall does.
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(full.getsockname())
        began = time.monotonic()
        reply = ask(sshd.host(port=full.getsockname()[1]), ssh=Ssh(connect_timeout=1, command_timeout=1))
        assert kind(reply) is Kind.TIMEOUT
        assert time.monotonic() - began < 2.5
        for sock in waiting:
            sock.close()


def test_a_key_that_the_host_does_not_know_is_refused(sshd: Sshd, ask):
    path = sshd.keygen("stranger", "ed25519")
    reply = ask(sshd.host(private_key_file=str(path)))
    assert kind(reply) is Kind.AUTH_FAILED
    assert str(path) in reply.reason


def test_a_key_with_a_passphrase_is_named_with_its_remedy(sshd: Sshd, ask):
    path = sshd.root / "locked"
    path.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", str(path)], check=True)
    reply = ask(sshd.host(private_key_file=str(path)))
    assert kind(reply) is Kind.AUTH_FAILED
    assert "ssh-add" in reply.reason


def test_a_key_that_only_the_agent_holds_is_used(sshd: Sshd, ask, monkeypatch):
    started = subprocess.check_output(["ssh-agent", "-c"], text=True).split()
    sock, pid = started[2].rstrip(";"), int(started[started.index("SSH_AGENT_PID") + 1].rstrip(";"))
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", sock)
        subprocess.run(["ssh-add", "-q", str(sshd.root / "user_key")], check=True, capture_output=True)
        arguments = tuple(word for word in sshd.connection().ssh_args if word != "IdentitiesOnly=yes")[:-1]
        assert isinstance(ask(sshd.host(private_key_file="/nonexistent", ssh_args=arguments)), Answer)
        # An agent named in the configuration only, and a public key file that picks one of its keys.
        monkeypatch.delenv("SSH_AUTH_SOCK")
        named = (*sshd.connection().ssh_args, "-o", f"IdentityAgent={sock}")
        assert isinstance(ask(sshd.host(private_key_file=f"{sshd.root}/user_key.pub", ssh_args=named)), Answer)
    finally:
        os.kill(pid, 15)


def test_the_users_configuration_counts(sshd: Sshd, ask):
    config = sshd.root / "config"
    config.write_text(
        f"Host web-one\n  HostName 127.0.0.1\n  Port {sshd.port}\n  User root\n  IdentityFile {sshd.root}/user_key\n"
        f"  IdentitiesOnly yes\n  UserKnownHostsFile {sshd.root}/known_hosts\n  GlobalKnownHostsFile none\n"
    )
    host = sshd.host(address="web-one", port=None, user=None, private_key_file=None, ssh_args=("-F", str(config)))
    assert isinstance(ask(host), Answer)


def test_a_jump_host_is_gone_through(sshd: Sshd, ask, open_directory):
    config = sshd.root / "config"
    config.write_text(
        f"Host jump\n  HostName 127.0.0.1\n  Port {sshd.port}\n  User deploy\n"
        f"Host *\n  IdentityFile {sshd.root}/user_key\n  IdentitiesOnly yes\n"
        f"  UserKnownHostsFile {sshd.root}/known_hosts\n  GlobalKnownHostsFile none\n"
    )
    with Sshd(open_directory / "behind") as behind:
        known = sshd.root / "known_hosts"
        known.write_text(known.read_text() + (behind.root / "known_hosts").read_text())
        arguments = ("-F", str(config), "-J", "jump")
        key = str(behind.root / "user_key")
        assert isinstance(ask(behind.host(ssh_args=arguments, private_key_file=key)), Answer)
        sshd.know(name="nobody")
        reply = ask(behind.host(ssh_args=arguments, private_key_file=key))
        assert kind(reply) is Kind.HOST_KEY_UNKNOWN
        assert "jump" in reply.reason


def test_a_proxy_command_that_fails_says_its_own_words(sshd: Sshd, ask):
    arguments = (*sshd.connection().ssh_args, "-o", "ProxyCommand=echo the tunnel is closed >&2; exit 3")
    reply = ask(sshd.host(ssh_args=arguments))
    assert kind(reply) is Kind.CLOSED
    assert "the tunnel is closed" in reply.reason


def test_a_proxy_command_leaves_no_process_behind(sshd: Sshd, ask):
    arguments = (*sshd.connection().ssh_args, "-o", "ProxyCommand=sleep 4321")
    ask(sshd.host(ssh_args=arguments), ssh=Ssh(connect_timeout=1, command_timeout=1))
    assert subprocess.run(["pgrep", "-f", "sleep 4321"], capture_output=True, check=False).stdout == b""
