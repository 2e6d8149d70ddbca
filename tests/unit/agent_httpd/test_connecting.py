"""Plain addresses and plain names need nothing of what Python loads for names and international ones."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from safedeploy_host.connecting import connect, sni

MODULE_UTILS = str(Path(__file__).parents[3] / "playbooks/module_utils")
LOADED = """
import socket, ssl, sys
sys.path.insert(0, sys.argv[1])
from safedeploy_host.connecting import connect, sni
with socket.socket() as server:
    server.bind(("127.0.0.1", 0))
    server.listen()
    with connect("127.0.0.1", server.getsockname()[1], 5.0, "127.0.0.1") as connection:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.wrap_socket(connection, server_hostname=sni("www.example.test"), do_handshake_on_connect=False)
print(*[name for name in sys.modules if "idna" in name or name == "stringprep"])
"""


def test_they_load_nothing_for_it():
    line = [sys.executable, "-I", "-S", "-c", LOADED, MODULE_UTILS]
    assert subprocess.check_output(line, text=True).split() == []


@pytest.mark.parametrize(("address", "source"), [("127.0.0.1", None), ("127.0.0.1", "127.0.0.2"), ("localhost", None)])
def test_a_connection_is_from_where_it_is_wanted(address, source):
    with socket.create_server(("127.0.0.1", 0)) as server:
        with connect(address, server.getsockname()[1], 5.0, source) as connection:
            assert connection.gettimeout() == 5.0
        taken, (peer, _) = server.accept()
        taken.close()
    assert peer == (source or "127.0.0.1")


def test_nobody_there_is_an_error_of_the_system():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(OSError, match="refused"):
        connect("127.0.0.1", port, 5.0)


@pytest.mark.parametrize("name", ["www.example.test", "localhost", "192.0.2.1", f"{'a' * 63}.test"])
def test_a_plain_name_is_what_the_codec_makes_of_it(name):
    assert sni(name) == name.encode("idna")
    assert ssl.create_default_context()._encode_hostname(sni(name)) == name


@pytest.mark.parametrize("name", ["bücher.example", "www..test", "", ".test", f"{'a' * 64}.test"])
def test_every_other_name_is_left_to_the_codec(name):
    assert sni(name) == name
