"""The same request several times at once, and what came of the worst of them."""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ..http_request import Answer

    Json = dict[str, Any]

MOST = 256


def ask(one: Callable[[], Answer], at_once: int) -> tuple[Answer, Json]:
    """The worst answer with the time of the slowest, and how many answered. Raises what kept those that got none."""
    answers: list[Answer] = []
    errors: list[Exception] = []
    number = min(at_once, MOST)

    def work() -> None:
        try:
            answers.append(one())
        except (OSError, ValueError) as error:
            errors.append(error)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    worst = max(answers, key=lambda found: (found.status, found.ms))
    worst.ms = max(found.ms for found in answers)
    return worst, {"crowd": number}
