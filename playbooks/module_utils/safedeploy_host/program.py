"""The command line: JSON for the control machine, plain text for people (people.py), and the dead-man's own command."""

from __future__ import annotations

import importlib
import os
import sys

from .protocol import AgentError, Request, answer, bad_request, bug, progress, refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

COMMANDS = {
    "observe": ("observe", "observe"),
    "read": ("observe", "read"),
    "audit": ("audit_read", "audit"),
    "content": ("observe", "content"),
    "drift": ("drift.command", "drift"),
    "examine": ("effective.command", "examine"),
    "prepare": ("prepare", "prepare"),
    "take-lease": ("leasing", "take"),
    "renew": ("leasing", "renew"),
    "release-lease": ("leasing", "release"),
    "unlock": ("leasing", "unlock"),
    "preflight": ("preflight", "preflight"),
    "activate": ("activate", "activate"),
    "hold": ("hold", "hold"),
    "confirm": ("confirm", "confirm"),
    "revert": ("revert", "revert"),
    "drained": ("drained", "drained"),
    "health": ("probe", "probe"),
    "traffic": ("traffic.command", "traffic"),
    "watch": ("watching.command", "watch"),
    "diagnose": ("diagnosis.command", "diagnose"),
    "logs": ("traffic.window", "window"),
    "survey": ("survey.command", "survey"),
    "survey-content": ("survey.command", "content"),
}

# These answer line after line.
STREAMING = ("watch",)

# Those of people.py that the control machine never sends: plain text also without a terminal, as with `ssh HOST ...`.
FOR_PEOPLE = ("status", "releases", "recover", "start-over", "boot", "dead-man")


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code for the shell. A command for the control machine always exits 0."""
    arguments = sys.argv[1:] if argv is None else argv
    os.umask(0o077)
    if not arguments or arguments[0] in FOR_PEOPLE or any(a.startswith("-") for a in arguments) or sys.stdin.isatty():
        from . import people

        return people.run(arguments)
    # Whatever a command or a child prints by mistake must not end up in the reply.
    reply_fd = os.dup(1)
    os.dup2(2, 1)
    if arguments[0] in STREAMING:
        return stream(arguments, reply_fd)
    line = reply(arguments, reply_fd)
    with open(reply_fd, "w", encoding="utf-8") as out:
        out.write(line + "\n")
    return 0


def leave(code: int) -> None:
    """End the process with this exit code, without taking Python apart before, which costs more than many a command.

    Nothing is left to do then: threads are daemons, and what is to be closed or removed is so when a command returns.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        sys.exit(code)  # Python says what is wrong with its output, or has none
    os._exit(code)


def stream(arguments: list[str], reply_fd: int) -> int:
    """Reply after reply, until there is no more or nobody reads on."""
    import contextlib

    with contextlib.suppress(BrokenPipeError), open(reply_fd, "w", encoding="utf-8") as out:
        try:
            for result in command(arguments[0])(Request.read(sys.stdin.buffer)):
                out.write(answer(result) + "\n")
                out.flush()
        except AgentError as error:
            out.write(refusal(error) + "\n")
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 -- as in reply
            out.write(refusal(bug(error)) + "\n")
    return 0


def reply(arguments: list[str], reply_fd: int) -> str:
    """The reply to the request on standard input. If that has `tell`, a command says there how far it has come."""
    try:
        run = command(arguments[0])  # what it needs is loaded while the request may still be on its way
        request = Request.read(sys.stdin.buffer)
        if request.get("tell", bool, default=False):
            request.tell = lambda name, result=None: _tell(reply_fd, name, result)
        return answer(run(request))
    except AgentError as error:
        return refusal(error)
    except OSError as error:
        return refusal(_of_the_system(error))
    except Exception as error:  # noqa: BLE001 -- the control machine must get an answer, whatever happened
        return refusal(bug(error))


def _tell(reply_fd: int, name: str, result: Any) -> None:
    """Say it, or say nothing: nobody who has gone away may disturb what is being done."""
    import contextlib

    with contextlib.suppress(OSError), open(os.dup(reply_fd), "w", encoding="utf-8") as out:
        out.write(progress(name, result) + "\n")


def _of_the_system(error: OSError) -> AgentError:
    """A full disk and a missing permission have their own codes; anything else that the system says is a bug."""
    from .room import no_permission, no_space

    known = no_permission(str(error)) if isinstance(error, PermissionError) else no_space(error)
    return known if isinstance(known, AgentError) else bug(error)


def command(name: str) -> Callable[[Request], Any]:
    """The command of that name, which gives its result for a request or raises AgentError. Raises AgentError."""
    from .services import Services

    if name not in COMMANDS:
        raise bad_request(f"unknown command: {name}")
    module, function = COMMANDS[name]
    run = getattr(importlib.import_module(f".{module}", __package__), function)
    return lambda request: run(request, Services(request.site))
