"""Where a connection leads, by the same rules as ssh's own."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from safedeploy.adapters.ssh.reply import UnreachableError
from safedeploy.adapters.ssh.target import resolve
from safedeploy.core.host import Connection


@pytest.fixture
def config(tmp_path: Path):
    def write(text: str) -> tuple[str, ...]:
        (tmp_path / "config").write_text(text)
        return ("-F", str(tmp_path / "config"))

    return write


def test_ansibles_variables_come_before_the_configuration(config):
    arguments = config("Host web1\n  Port 2200\n  User somebody\n  HostName 192.0.2.1\n")
    target = resolve(Connection(address="web1", port=22, user="deploy", ssh_args=arguments), timeout=5)
    assert (target.hostname, target.port, target.user) == ("192.0.2.1", 22, "deploy")


def test_the_configuration_fills_in_what_ansible_does_not_say(config):
    arguments = config("Host web1\n  Port 2200\n  User somebody\n  IdentityFile ~/%h-%r-key\n  IdentitiesOnly yes\n")
    target = resolve(Connection(address="web1", ssh_args=arguments), timeout=5)
    assert (target.port, target.user, target.identities_only) == (2200, "somebody", True)
    assert target.identities == (Path("~/web1-somebody-key").expanduser(),)
    assert target.key_name == "[web1]:2200"


def test_options_in_ansibles_arguments_count(config, tmp_path):
    key = tmp_path / "key"
    key.touch()
    words = ("-o", "Port=2201", "-o", "User=other", "-o", "HostKeyAlias=Rack7", "-i", str(key))
    target = resolve(Connection(address="web1", ssh_args=(*config(""), *words)), timeout=5)
    assert (target.port, target.user, target.key_name) == (2201, "other", "rack7")
    assert target.identities == (key,)


def test_a_key_file_with_a_space_in_its_name_stays_one_file(config):
    connection = Connection(address="web1", private_key_file="/my keys/one", ssh_args=config(""))
    assert resolve(connection, timeout=5).identities == (Path("/my keys/one"),)


def test_known_hosts_files_are_those_of_the_configuration(config):
    words = ("-o", "UserKnownHostsFile=/a /b", "-o", "GlobalKnownHostsFile=none")
    target = resolve(Connection(address="web1", ssh_args=(*config(""), *words)), timeout=5)
    assert target.known_hosts == (Path("/a"), Path("/b"))


def test_a_chain_of_jump_hosts_becomes_the_command_that_ssh_itself_would_run(config):
    arguments = config("")
    connection = Connection(address="web1", port=2222, ssh_args=(*arguments, "-J", "ann@one:2200,[2001:db8::2]:22"))
    target = resolve(connection, timeout=5)
    words = shlex.split(target.proxy or "")
    assert words[words.index("-J") + 1] == "ann@one:2200"
    assert words[words.index("-W") + 1] == "[web1]:2222"
    assert words[words.index("-F") + 1] == arguments[1]
    assert words[-1] == "2001:db8::2"
    assert "BatchMode=yes" in words


def test_tokens_of_a_proxy_command_are_filled_in(config):
    arguments = config("Host web1\n  HostName 192.0.2.1\n  ProxyCommand nc -x proxy %h %p %%\n")
    assert resolve(Connection(address="web1", ssh_args=arguments), timeout=5).proxy == "nc -x proxy 192.0.2.1 22 %"


def test_a_configuration_that_ssh_refuses_is_said_in_its_words(config):
    with pytest.raises(UnreachableError) as caught:
        resolve(Connection(address="web1", ssh_args=config("Frobnicate yes\n")), timeout=5)
    assert "frobnicate" in caught.value.reply.reason.lower()
