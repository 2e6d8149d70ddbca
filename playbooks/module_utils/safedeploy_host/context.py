"""The candidate in its context: laid over the live tree where nobody else sees it, and asked what httpd thinks of it.

The child that does it sees the host's real modules, certificates, includes and environment at their real paths. It dies
with the agent, and all that it made dies with it. Where no namespace can be had a copied tree is used, and the result
says so with its limits.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time

from . import control
from .later import regex
from .laying import needed_content

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping

    Json = dict[str, Any]
    Work = Callable[[Json], Any]
    OpenObject = Callable[[str], bytes]

LIMIT = 60.0
_CONFIGTEST = ["configtest"]
_WARNING = regex(r"\bAH\d{5}:|\[[\w:]*(?:warn|error|crit|alert|emerg)\]")
# An undefined ${VARIABLE} stays in the text as it is; httpd only warns, and then serves from a path of that name.
_UNDEFINED_VARIABLE = "AH00111"


class Seen:
    """What was seen of the candidate: the `method` (namespace or copy), the work's own `value`, the method's limits."""

    def __init__(self, method: str, value: Any, limits: list[str]) -> None:
        self.method = method
        self.value = value
        self.limits = limits


def configtest(site: Json, entries: Mapping[str, Json], open_object: OpenObject) -> Json:
    """Test the candidate in context: {"ok", "method", "output", "warnings"}. Raises what `open_object` raises."""
    try:
        seen = look(site, entries, open_object, run_configtest)
    except OSError as error:
        return untested(error)
    return judged(seen.value, seen)


def untested(error: OSError) -> Json:
    """The verdict where the candidate could not be looked at."""
    return {"ok": False, "method": "namespace", "output": f"the candidate was not tested: {error}", "warnings": []}


def judged(tested: Json, seen: Seen) -> Json:
    """The verdict on what `run_configtest` found: a warning that means an undefined variable is an error."""
    warnings = warnings_in(tested["output"])
    undefined = any(_UNDEFINED_VARIABLE in line for line in warnings)
    return {
        "ok": bool(tested["ok"]) and not undefined,
        "method": seen.method,
        "output": tested["output"],
        "warnings": [*warnings, *seen.limits],
    }


def warnings_in(output: str) -> list[str]:
    """The lines of httpd's output that warn."""
    return [line for line in output.splitlines() if _WARNING.search(line) and "Syntax error" not in line]


def look(site: Json, entries: Mapping[str, Json], open_object: OpenObject, work: Work) -> Seen:
    """Do `work` with the candidate in context. It gets the site to ask httpd with and returns a JSON value.

    Raises what `open_object` raises, and OSError when the work itself fails or takes longer than LIMIT seconds.
    """
    from . import namespaces, overlay

    content = needed_content(entries, open_object)

    def in_namespace() -> Any:
        namespaces.enter_private_mounts()
        overlay.show(site, entries, content)
        return _in_child(lambda: work(site), signal.SIGKILL)

    reply = _in_child(in_namespace, signal.SIGKILL)
    if "value" in reply:
        return Seen("namespace", _value(reply["value"]), [])
    from . import copied

    def in_copy() -> Any:
        with copied.tree(site, entries, content) as (copy, limits):
            return {"work": work(copy), "limits": limits}

    result = _value(_in_child(in_copy, signal.SIGTERM))
    limits = [f"tested in a copied tree, not in context: {reply['error']}", *result["limits"]]
    return Seen("copy", result["work"], limits)


def tests_plainly(site: Json) -> bool:
    """Whether the site's test of a configuration is httpd's own and no more."""
    return _test(site) in (_CONFIGTEST, ["-t"])


def _test(site: Json) -> list[str]:
    return list(site["httpd"].get("test", _CONFIGTEST))


def run_configtest(site: Json) -> Json:
    """The control program's own configtest of a site: {"ok", "output"}."""
    outcome = control.control(site, *_test(site))
    # A copy's messages name the files that they are about by their real paths.
    return {"ok": outcome.ok, "output": outcome.explained().replace(site.get("copied_to") or "\0", "")}


def _value(reply: Json) -> Any:
    if "value" not in reply:
        raise OSError(reply["error"])
    return reply["value"]


def _in_child(work: Callable[[], Any], with_parent: int) -> Json:
    """Do `work` in a child that gets the signal `with_parent` if we end: {"value": ...} or {"error": text}.

    Raises OSError when the child gives no reply in time.
    """
    reader, writer = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _be_child(work, with_parent, parent, writer)
    os.close(writer)
    try:
        data = _read(reader, time.monotonic() + LIMIT)
    finally:
        os.close(reader)
        os.kill(pid, with_parent)
        os.waitpid(pid, 0)
    if not data:
        raise OSError(f"the process that looked at the candidate was stopped, or took longer than {LIMIT:g} s")
    reply: Json = json.loads(data)
    return reply


def _be_child(work: Callable[[], Any], with_parent: int, parent: int, writer: int) -> None:
    """Never returns."""
    try:
        from . import namespaces

        signal.signal(signal.SIGTERM, _leave)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        namespaces.die_with_parent(with_parent)
        if os.getppid() not in (parent, 0):
            os._exit(1)
        try:
            reply = {"value": work()}
        except Exception as error:  # noqa: BLE001 -- the other side of the pipe decides
            reply = {"error": f"{error}" or type(error).__name__}
        with os.fdopen(writer, "w") as stream:
            json.dump(reply, stream)
        os._exit(0)
    except BaseException:  # noqa: BLE001 -- nothing of the parent's may run in the child
        os._exit(1)


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit


def _read(descriptor: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    while True:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return b""
        part = os.read(descriptor, 65536)
        if not part:
            return b"".join(parts)
        parts.append(part)
