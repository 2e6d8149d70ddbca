"""`safedeploy lab`: a real fleet of Apache hosts on this machine."""

from __future__ import annotations

import os
import signal
from typing import Annotated

import typer

from safedeploy.cli.drill import app as drill
from safedeploy.cli.failure import reported
from safedeploy.cli.options import Json
from safedeploy.cli.screen import err, out, say, say_json
from safedeploy.lab.names import DEFAULT_NAME, Mode

app = typer.Typer(no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})

app.add_typer(drill, name="drill", help="Training: find and repair a lab that is broken in a real way.")

Name = Annotated[
    str, typer.Option("--name", envvar="SAFEDEPLOY_LAB_NAME", help="Which lab; several can be up at once.")
]
HostName = Annotated[str, typer.Argument(metavar="HOST", help="A host of the lab, such as web1.")]


@app.command()
@reported
def up(
    *,
    hosts: Annotated[int, typer.Option("--hosts", min=1, help="How many hosts.")] = 3,
    name: Name = DEFAULT_NAME,
    mode: Annotated[
        Mode, typer.Option("--mode", help="What hosts are: namespaces (root) or ports of 127.0.0.1; auto tries.")
    ] = Mode.AUTO,
) -> None:
    """Start a lab; it is ready when the command returns. A lab that is up already stays as it is."""
    from safedeploy.cli import lab_view
    from safedeploy.lab import Lab

    # A polite end clears up what was made so far, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    lab = Lab.up(name, hosts, mode)
    console = err()
    if not lab.started:
        say(console, f"The lab {name!r} was up already.")
    elif mode is Mode.AUTO and lab.state.mode == Mode.LOOPBACK:
        say(console, f"The hosts are on ports of 127.0.0.1, since there are {lab.state.reason}.")
    for note in lab.state.notes:
        say(console, f"note: {note}")
    lab_view.show_hosts(out(), lab)
    say(console, lab_view.next_commands(lab))


@app.command()
@reported
def down(*, name: Name = DEFAULT_NAME) -> None:
    """Remove a lab with all its processes, links and files, however it was left."""
    from safedeploy.lab import Lab

    removed = Lab.remove(name)
    say(err(), f"The lab {name!r} is down; nothing of it is left." if removed else f"There is no lab {name!r}.")


@app.command()
@reported
def status(*, name: Name = DEFAULT_NAME, as_json: Json = False) -> None:
    """Show each host of a lab: whether it is on, and whether sshd, Apache and the backend answer."""
    from safedeploy.cli import lab_view
    from safedeploy.lab import Lab
    from safedeploy.lab.health import look

    lab = Lab.load(name)
    seen = look(lab)
    if as_json:
        say_json(lab_view.status_document(lab, seen))
    else:
        lab_view.show_status(out(), lab, seen)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
@reported
def ssh(context: typer.Context, host: HostName, *, name: Name = DEFAULT_NAME) -> None:
    """Log in to a host, or run a command there: `safedeploy lab ssh web1 -- uptime`."""
    from safedeploy.lab import Lab

    lab = Lab.load(name)
    os.execvp("ssh", ["ssh", "-F", str(lab.ssh_config), lab.host(host).name, *context.args])  # noqa: S606 - ssh takes our place and the terminal


@app.command()
@reported
def reboot(host: HostName, *, name: Name = DEFAULT_NAME) -> None:
    """Cut a host's power and boot it again; its files stay, its processes and /run do not."""
    from safedeploy.lab import Lab

    Lab.load(name).reboot(host)
    say(err(), f"{host} has booted.")
