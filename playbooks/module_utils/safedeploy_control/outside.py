"""The health of a host as its users see it: the checks of `controller_health`, made from the control machine.

They can be made before a request is sent, while ssh connects: see `before_sending`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from . import reply

if TYPE_CHECKING:
    import io
    import subprocess

    from .bundle import Bundle, Json

PHASE = "controller_health"
# Not empty, for Ansible sends nothing otherwise, and no request: the on-host program refuses it.
_STAND_IN = b"-"


class IllError(Exception):
    """A host failed checks; `result` is that of an action for it, safe to be shown."""

    def __init__(self, result: Json) -> None:
        super().__init__(result["msg"])
        self.result = result


def configured(bundle: Bundle, host: str) -> list[Json]:
    """The checks of a host. Raises BundleError, and KeyError for a bundle that does not speak of them."""
    return list(bundle.host(host)[PHASE])


def check(bundle: Bundle, host: str, make: Callable[[list[Json]], list[Json]]) -> int:
    """Have the checks of a host made; how many passed, which may be none at all.

    `make` gives their results, in their order; those are in the bundle then. Raises IllError when one fails.
    """
    checks = configured(bundle, host)
    if not checks:
        return 0
    found = make(checks)
    bad = [one for one in found if not one["ok"]]
    bundle.write_answer(host, PHASE, _answer(found, bad))
    if bad:
        text = "; ".join(reply.plain(f"{one['name']}: {one['why']}", 200) for one in bad[:5])
        raise IllError(
            {
                "changed": False,
                "failed": True,
                "checks": len(found),
                "code": "health-failed",
                "msg": f"health-failed: seen from here, {text}.",
            }
        )
    return len(found)


def _answer(found: list[Json], bad: list[Json]) -> Json:
    if not bad:
        return {"safedeploy": 1, "ok": True, "result": found}
    text = "; ".join(f"{one['name']}: {one['why']}" for one in bad)
    answer = reply.refused(
        "health-failed",
        f"seen from the control machine, the host is not well: {text}",
        state="The new release is live there, unconfirmed: it is reverted now, or by the host itself.",
        todo="Look at the network between here and the host, and at the host's error log.",
    )
    answer["error"]["detail"] = {"cause": text, "health": found}
    return answer


@contextlib.contextmanager
def before_sending(connection: Any, make: Callable[[], bytes]) -> Iterator[bytes]:
    """Have sent over a connection of Ansible's what `make` returns, which is called while ssh connects.

    Yields what is to be given to Ansible as the data. When `make` raises, ssh is ended without having sent anything,
    and that error is raised. A connection that is not ssh's waits for `make` before it is opened.
    """
    send = getattr(connection, "_send_initial_data", None)
    if send is None:
        yield make()
        return
    refused: list[Exception] = []

    def hold_back(stream: io.IOBase, _stand_in: bytes, process: subprocess.Popen[bytes]) -> None:
        try:
            data = make()
        except Exception as error:  # noqa: BLE001 - raised below: Ansible would take it for one of its own
            refused.append(error)
            process.terminate()
            stream.close()
        else:
            send(stream, data, process)

    connection._send_initial_data = hold_back  # noqa: SLF001 - nothing public says that ssh was started
    try:
        yield _STAND_IN
    except Exception:
        if refused:
            raise refused[0] from None
        raise
    finally:
        del connection._send_initial_data  # noqa: SLF001 - the method of its class is there again
    if refused:
        raise refused[0]
