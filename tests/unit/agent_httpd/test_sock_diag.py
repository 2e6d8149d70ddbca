"""What the kernel answers about sockets is taken whole or not at all."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Iterator

import pytest
from safedeploy_host import sock_diag

OF_A_SOCKET, ERROR, DONE = 20, 2, 3
MULTI, INTERRUPTED = 0x2, 0x10


def message(kind: int, payload: bytes, flags: int = MULTI) -> bytes:
    padded = payload + b"\0" * (-len(payload) % 4)
    return struct.pack("=IHHII", 16 + len(payload), kind, flags, 1, 0) + padded


def status(number: int = 0) -> bytes:
    return struct.pack("=i", -number)


class Kernel:
    """The other end of a conversation, that says what a test wants."""

    def __init__(self) -> None:
        self.far, self.near = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.near.settimeout(0.2)

    def answers(self, *datagrams: bytes) -> list[bytes]:
        """What is understood of these datagrams."""
        for one in datagrams:
            self.far.send(one)
        return list(sock_diag._answers(self.near, socket.AF_INET))


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    one = Kernel()
    with one.far, one.near:
        yield one


def test_answers_come_in_several_pieces(kernel: Kernel) -> None:
    first = message(OF_A_SOCKET, b"one") + message(OF_A_SOCKET, b"three")

    found = kernel.answers(first, message(OF_A_SOCKET, b"two"), message(DONE, status()))

    assert found == [b"one", b"three", b"two"]


def test_the_question_is_of_listening_tcp_sockets(kernel: Kernel) -> None:
    kernel.answers(message(DONE, status()))

    asked = kernel.far.recv(1000)
    assert struct.unpack_from("=IHH", asked) == (len(asked), 20, 0x301)
    assert struct.unpack_from("=BBBBI", asked, 16) == (socket.AF_INET, socket.IPPROTO_TCP, 0, 0, 1 << 10)
    assert len(asked) == 16 + 56


@pytest.mark.parametrize(
    ("datagram", "number"),
    [
        (message(ERROR, status(errno.EACCES), 0), errno.EACCES),
        (message(ERROR, status(), 0), 0),
        (message(DONE, status(errno.ENOENT)), errno.ENOENT),
        (message(OF_A_SOCKET, b"one", MULTI | INTERRUPTED) + message(DONE, status()), errno.EINTR),
        (message(DONE, status(), MULTI | INTERRUPTED), errno.EINTR),
        (message(OF_A_SOCKET, b"one")[:-5], errno.EBADMSG),
        (message(DONE, status())[:10], errno.EBADMSG),
        (struct.pack("=IHHII", 0, OF_A_SOCKET, 0, 1, 0), errno.EBADMSG),
        (b"", errno.EMSGSIZE),
        (message(OF_A_SOCKET, b"x" * sock_diag._ROOM), errno.EMSGSIZE),
    ],
    ids=[
        "refused",
        "only acknowledged",
        "ended by an error",
        "changed meanwhile",
        "changed at its end",
        "cut",
        "less than a header",
        "without a length",
        "empty",
        "too long",
    ],
)
def test_an_answer_that_is_not_whole_is_an_error(kernel: Kernel, datagram: bytes, number: int) -> None:
    with pytest.raises(OSError, match="sock_diag") as raised:
        kernel.answers(datagram)

    assert raised.value.errno == number


def test_a_kernel_that_says_nothing_more_is_not_waited_for(kernel: Kernel) -> None:
    with pytest.raises(OSError, match="timed out"):
        kernel.answers(message(OF_A_SOCKET, b"one"))


def test_an_answer_that_is_too_short_is_an_error() -> None:
    with pytest.raises(OSError, match="sock_diag"):
        sock_diag._read(b"\x02" * 71)


@pytest.mark.parametrize(
    ("family", "packed", "host"),
    [
        (socket.AF_INET, bytes([127, 0, 0, 1]), "127.0.0.1"),
        (socket.AF_INET6, bytes(15) + b"\x01", "::1"),
        (socket.AF_INET6, bytes(10) + b"\xff\xff\x7f\0\0\1", "::ffff:127.0.0.1"),
    ],
)
def test_an_answer_is_read_as_the_kernel_lays_it_out(family: int, packed: bytes, host: str) -> None:
    beginning = struct.pack("=BBBB", family, 10, 0, 0) + struct.pack("!HH", 8443, 0)
    identity = packed.ljust(16, b"\0") + bytes(16) + struct.pack("=III", 0, 7, 9)
    end = struct.pack("=IIIII", 0, 3, 511, 33, 4026531)

    assert sock_diag._read(beginning + identity + end + b"attributes") == ("4026531", (host, 8443), 3)
