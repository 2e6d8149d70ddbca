"""The listening TCP sockets of this thread's network namespace, asked of the kernel by sock_diag(7), as `ss -ltn` does.

/proc/net/tcp tells the same, and has the kernel walk through every connection that the machine could have. An answer is
whole: whatever keeps the kernel from giving one, or puts it in doubt, is an OSError. Where this is a module of the
kernel that nobody has used yet, the kernel loads it, as it does for any user's `ss`.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Tuple

    Address = Tuple[str, int]

_SOCK_DIAG, _BY_FAMILY = 4, 20
_ERROR, _DONE = 2, 3
_REQUEST, _DUMP, _INTERRUPTED = 0x1, 0x300, 0x10
_LISTEN = 10
_HEADER = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, port
_QUESTION = struct.Struct("=BBBxI48x")  # inet_diag_req_v2: family, protocol, extensions, states; no address
_ANSWER = struct.Struct("=B3x2s2x16s32xI8xI")  # inet_diag_msg: family, port, address, connections waiting, inode
# No answer of the kernel's is longer than half of this.
_ROOM = 1 << 16
_PATIENCE = 1.0


def listening() -> list[tuple[str, Address, int]]:
    """(inode, address, connections that nobody has taken up yet) of each, those of IPv4 first. Raises OSError."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as conversation:
        conversation.settimeout(_PATIENCE)
        families = socket.AF_INET, socket.AF_INET6
        return [_read(answer) for family in families for answer in _answers(conversation, family)]


def _answers(conversation: socket.socket, family: int) -> Iterator[bytes]:
    question = _QUESTION.pack(family, socket.IPPROTO_TCP, 0, 1 << _LISTEN)
    conversation.send(_HEADER.pack(_HEADER.size + len(question), _BY_FAMILY, _REQUEST | _DUMP, 1, 0) + question)
    while True:
        data, _, cut, _ = conversation.recvmsg(_ROOM)
        if cut & socket.MSG_TRUNC or not data:
            raise _failure(errno.EMSGSIZE)
        for kind, payload in _messages(data):
            if kind in (_DONE, _ERROR):
                # Also what ends the answers has an error, where the kernel could not give them.
                number = -int.from_bytes(payload[:4], sys.byteorder, signed=True)
                if number or kind == _ERROR:
                    raise _failure(number)
                return
            yield payload


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        if len(data) < _HEADER.size:
            raise _failure(errno.EBADMSG)
        length, kind, flags, _, _ = _HEADER.unpack_from(data)
        if not _HEADER.size <= length <= len(data):
            raise _failure(errno.EBADMSG)
        if flags & _INTERRUPTED:
            raise _failure(errno.EINTR)
        yield kind, data[_HEADER.size : length]
        data = data[(length + 3) & ~3 :]


def _read(answer: bytes) -> tuple[str, Address, int]:
    if len(answer) < _ANSWER.size:
        raise _failure(errno.EBADMSG)
    family, port, packed, waiting, inode = _ANSWER.unpack_from(answer)
    host = socket.inet_ntop(family, packed if family == socket.AF_INET6 else packed[:4])
    return str(inode), (host, int.from_bytes(port, "big")), waiting


def _failure(number: int) -> OSError:
    return OSError(number, f"sock_diag: {os.strerror(number)}")
