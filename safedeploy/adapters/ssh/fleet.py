"""The whole fleet asked at once.

Promises: one host cannot hold up, break or hide another; every host asked is in the answer; a question takes at most
the connection timeout plus the command timeout, whatever a host does, and name resolution, which cannot be interrupted,
counts. Connections are kept and reused; `fresh` makes new ones, which proves that a host can still be reached.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from safedeploy.adapters.ssh.call import Question, ask
from safedeploy.adapters.ssh.deadline import Deadline
from safedeploy.adapters.ssh.link import Link
from safedeploy.adapters.ssh.reply import Kind, Reply, Unreachable, UnreachableError, hidden
from safedeploy.core.host import Host
from safedeploy.core.policy import Ssh

_AT_ONCE = 64
_GRACE = 2.0
# A kept connection that opens no session in this time is taken for dead, and a new one is made.
_REOPEN = 5.0
# After these the host may still be talking, so the connection is of no more use.
_SPOILED = {Kind.TIMEOUT, Kind.GARBAGE, Kind.CLOSED}


class AgentFile(Protocol):
    """The built on-host program."""

    @property
    def path(self) -> Path:
        """The zipapp."""

    @property
    def sha256(self) -> str:
        """Its digest, in hex."""


class Fleet:
    """Connections to many hosts; a context manager that closes them all.

    `hide` masks secrets in what hosts say when they do not answer the question; answers are data and stay as they are.
    """

    def __init__(
        self, hosts: Sequence[Host], ssh: Ssh, agent: AgentFile, *, hide: Callable[[str], str] = lambda text: text
    ) -> None:
        self._hosts = {host.name: host for host in hosts}
        self._ssh = ssh
        self._agent = agent
        self._hide = hide
        self._program: bytes | None = None
        self._links: dict[str, Link] = {}
        self._closed = False
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every connection."""
        with self._lock:
            links, self._links = list(self._links.values()), {}
            self._closed = True
        closers = [threading.Thread(target=link.close, daemon=True) for link in links]
        for closer in closers:
            closer.start()
        for closer in closers:
            closer.join(_GRACE)

    def call(
        self,
        command: str,
        requests: Mapping[str, Mapping[str, Any]],
        *,
        fresh: bool = False,
        timeout: float | None = None,
    ) -> dict[str, Reply]:
        """Ask each host of `requests` at once; `timeout` (s) replaces the policy's command timeout.

        Every request has a `site` (docs/architecture.md, section 4). Never raises for one host. Raises KeyError for a
        host that is not of this fleet.
        """
        seconds = self._ssh.command_timeout if timeout is None else timeout
        if self._program is None:
            self._program = self._agent.path.read_bytes()
        questions = {
            name: (
                self._hosts[name],
                Question(
                    command=command,
                    request=request,
                    program=self._program,
                    sha256=self._agent.sha256,
                    max_output=self._ssh.max_output,
                ),
            )
            for name, request in requests.items()
        }
        answers: queue.SimpleQueue[tuple[str, Reply]] = queue.SimpleQueue()

        def one(host: Host, question: Question) -> None:
            try:
                reply = self._ask(host, question, fresh=fresh, seconds=seconds)
            except UnreachableError as error:
                reply = error.reply
            except Exception as error:  # noqa: BLE001 - one host's surprise must not cost the others their answers
                reply = Unreachable(kind=Kind.GARBAGE, reason=f"{type(error).__name__}: {error}")
            answers.put((host.name, reply))

        found = self._gather(questions, one, answers, self._ssh.connect_timeout + seconds + _GRACE)
        return {name: hidden(found[name], self._hide) for name in requests}

    def _gather(
        self,
        questions: Mapping[str, tuple[Host, Question]],
        one: Any,
        answers: queue.SimpleQueue[tuple[str, Reply]],
        limit: float,
    ) -> dict[str, Reply]:
        """Start each question in its own thread, `_AT_ONCE` at a time, and wait for each no longer than `limit` (s)."""
        waiting, running, found = deque(questions), dict[str, float](), dict[str, Reply]()
        while waiting or running:
            while waiting and len(running) < _AT_ONCE:
                name = waiting.popleft()
                running[name] = time.monotonic() + limit
                threading.Thread(target=one, args=questions[name], name=f"ssh {name}", daemon=True).start()
            try:
                name, reply = answers.get(timeout=max(0.0, min(running.values()) - time.monotonic()))
            except queue.Empty:
                name = min(running, key=lambda key: running[key])
                reply = Unreachable(kind=Kind.TIMEOUT, reason=f"No answer within {limit:g} s.")
                self._drop(name)
            if running.pop(name, None) is not None:
                found[name] = reply
        return found

    def _ask(self, host: Host, question: Question, *, fresh: bool, seconds: float) -> Reply:
        kept = None if fresh else self._links.get(host.name)
        if kept and kept.alive:
            opening = Deadline(seconds=min(_REOPEN, seconds), what=f"Opening a session on {host.name}")
            try:
                return self._over(kept, host, question, opening, seconds)
            except UnreachableError as error:
                # Nothing was asked yet only if the session did not open; anything later must not be asked twice.
                if error.reply.kind not in {Kind.CLOSED, Kind.TIMEOUT} or kept.opened:
                    raise
        link = Link.open(host.connection, timeout=self._ssh.connect_timeout)
        self._keep(host.name, link)
        opening = Deadline(seconds=self._ssh.connect_timeout, what=f"Opening a session on {host.name}")
        return self._over(link, host, question, opening, seconds)

    def _over(self, link: Link, host: Host, question: Question, opening: Deadline, seconds: float) -> Reply:
        deadline = Deadline(seconds=seconds, what=f"{question.command} on {host.name}")
        link.opened = False
        try:
            return ask(link, host.connection, question, opening=opening, deadline=deadline)
        except UnreachableError as error:
            if error.reply.kind in _SPOILED or not link.alive:
                self._drop(host.name)
            raise

    def _keep(self, name: str, link: Link) -> None:
        with self._lock:
            before = link if self._closed else self._links.get(name)
            if not self._closed:
                self._links[name] = link
        if before:
            before.close()

    def _drop(self, name: str) -> None:
        with self._lock:
            link = self._links.pop(name, None)
        if link:
            link.close()
