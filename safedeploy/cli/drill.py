"""`safedeploy lab drill`: a lab is broken in a real way, and a person finds and repairs it."""

from __future__ import annotations

import random
import signal
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from safedeploy.cli.failure import reported
from safedeploy.cli.options import Json
from safedeploy.cli.screen import err, out, say, say_json, say_whole
from safedeploy.core.errors import ExitCode
from safedeploy.lab.names import DEFAULT_NAME, Mode

if TYPE_CHECKING:
    from safedeploy.lab import Lab
    from safedeploy.lab.drill import Drill

Name = Annotated[str, typer.Option("--name", envvar="SAFEDEPLOY_LAB_NAME", help="Which lab.")]


class _Drill(typer.core.TyperGroup):
    """A group for which no word, an option or the name of a fault means `start`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `start` before what is no command of its own."""
        first = args[0] if args else ""
        begins = first not in (*self.commands, *ctx.help_option_names)
        return super().parse_args(ctx, ["start", *args] if begins else args)


app = typer.Typer(cls=_Drill, context_settings={"help_option_names": ["-h", "--help"]})


@app.command()
@reported
def start(
    context: typer.Context,
    fault: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Which fault (default: one is chosen, and not told).")
    ] = None,
    *,
    listed: Annotated[bool, typer.Option("--list", help="Show the faults, and begin nothing.")] = False,
    host: Annotated[
        list[str] | None,
        typer.Option("--host", metavar="HOST", help="Break this host; repeatable (default: one or all, as it comes)."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="The same number chooses the same fault and hosts.")
    ] = None,
    look: Annotated[
        bool,
        typer.Option("--look/--no-look", help="Have `lint` and `diagnose` look first, to compare with at the end."),
    ] = True,
    name: Name = DEFAULT_NAME,
    as_json: Json = False,
) -> None:
    """Break the lab in a real way and tell what a pager would tell. Starts a lab of three hosts if none is up."""
    from safedeploy.cli import drill_said, drill_view
    from safedeploy.lab import drilling
    from safedeploy.lab.faults import find

    if listed:
        drill_view.show_faults(as_json=as_json)
        return
    wanted = find(fault) if fault else None  # a wrong name is told before a lab is started
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    lab = _lab(name)
    chosen, hosts = _chosen(lab, wanted.name if wanted else None, host, seed)
    project = context.obj.project
    before = drill_said.needs(project) if look else 0.0
    say(err(), f"Something will break. The page comes when visitors have noticed{_within(before)} ...")
    drill = drilling.begin(
        lab, chosen, hosts, watch=lambda: drill_said.said(lab, project) if look else None, before=before
    )
    if as_json:
        say_json(drill_view.document(lab, drill))
    else:
        drill_view.show_page(out(), lab, drill)


def _within(before: float) -> str:
    return ", in about a minute" if before else ""


def _lab(name: str) -> Lab:
    from safedeploy.core.errors import SafedeployError
    from safedeploy.lab import Lab

    try:
        return Lab.load(name)
    except SafedeployError as error:
        if error.code != "lab-not-up":
            raise
    say(err(), f"No lab named {name!r} is up: one with three hosts is started. `safedeploy lab down` removes it.")
    return Lab.up(name, 3, Mode.AUTO)


def _chosen(lab: Lab, fault: str | None, hosts: list[str] | None, seed: int | None) -> tuple[str, tuple[str, ...]]:
    from safedeploy.lab import drill as records
    from safedeploy.lab.faults import FAULTS

    dice = random.SystemRandom().randrange(1 << 30) if seed is None else seed
    possible = [one.name for one in FAULTS.values() if lab.state.mode == Mode.NAMESPACES or not one.needs_namespaces]
    names = [one.name for one in lab.hosts]
    before = "" if seed is not None else records.last(lab.directory)
    chosen, broken = records.chosen(possible, names, seed=dice, last=before)
    return fault or chosen, tuple(lab.host(one).name for one in hosts) if hosts else broken


@app.command()
@reported
def status(*, name: Name = DEFAULT_NAME, as_json: Json = False) -> None:
    """Tell the page again, how long it is ago, and how visitors fare now."""
    from concurrent.futures import ThreadPoolExecutor

    from safedeploy.cli import drill_view
    from safedeploy.lab import Lab
    from safedeploy.lab import drill as records
    from safedeploy.lab.drill_look import asked

    lab = Lab.load(name)
    drill = records.load(lab.directory)
    with ThreadPoolExecutor(max_workers=16) as pool:
        unwell = asked(lab, pool)
    if as_json:
        say_json({**drill_view.document(lab, drill), "unwell": unwell})
    else:
        drill_view.show_page(out(), lab, drill)
        drill_view.show_unwell(out(), unwell)


@app.command()
@reported
def hint(*, name: Name = DEFAULT_NAME, as_json: Json = False) -> None:
    """Tell where to look: three times, each nearer than the one before."""
    from safedeploy.cli import drill_view
    from safedeploy.lab import Lab
    from safedeploy.lab import drill as records

    lab = Lab.load(name)
    drill = records.load(lab.directory)
    more = drill.but(hints=min(drill.hints + 1, 3))
    records.write(lab.directory, more)
    if as_json:
        say_json(drill_view.document(lab, more))
    else:
        drill_view.show_hints(out(), more, new=more.hints != drill.hints)


@app.command()
@reported
def check(
    *,
    cause: Annotated[
        str | None, typer.Option("--cause", metavar="NAME", help="What it was: a name of `drill --list`.")
    ] = None,
    name: Name = DEFAULT_NAME,
    as_json: Json = False,
) -> None:
    """Judge: is the fleet well, is this the cause, was anything else broken? Exits with 8 as long as it is not done.

    When it is done the drill is over, and the hosts go back to what they were before it.
    """
    from safedeploy.cli import drill_view
    from safedeploy.lab import Lab, drilling
    from safedeploy.lab import drill as records
    from safedeploy.lab.drill_judge import judge
    from safedeploy.lab.drill_look import look
    from safedeploy.lab.faults import find

    lab = Lab.load(name)
    drill = records.load(lab.directory)
    named = find(cause).name if cause else _asked_cause(drill, as_json=as_json)
    if named:
        drill = drill.answered(named, time.time())
        records.write(lab.directory, drill)
    now = time.time()
    verdict = judge(drill, look(lab), elsewhere=find(drill.fault).elsewhere)
    if as_json:
        say_json({**drill_view.document(lab, drill, over=verdict.passed, now=now), "verdict": vars(verdict)})
    else:
        drill_view.show_verdict(out(), drill, verdict, now)
        if verdict.passed:
            drill_view.show_debrief(out(), drill)
    if not verdict.passed:
        raise typer.Exit(int(ExitCode.DIFFERENCES))
    drilling.end(lab)
    say(err(), "The drill is over; the hosts are what they were before it.")


def _asked_cause(drill: Drill, *, as_json: bool) -> str | None:
    """What a person at the terminal says, who may not know yet. Nobody is asked what has been named already."""
    from safedeploy.core.errors import SafedeployError
    from safedeploy.lab.faults import find

    if as_json or drill.named or not sys.stdin.isatty():
        return None
    console = err()
    while said := typer.prompt(
        "What is the cause? (a name of `drill --list`; Enter: not known yet)", default="", show_default=False, err=True
    ).strip():
        try:
            return find(said).name
        except SafedeployError as error:
            say(console, error.what)
    return None


@app.command()
@reported
def reveal(*, name: Name = DEFAULT_NAME, as_json: Json = False) -> None:
    """Give up: tell what it is, how it is repaired, and what prevents it. It stays broken, to be repaired."""
    from safedeploy.cli import drill_view
    from safedeploy.lab import Lab
    from safedeploy.lab import drill as records

    lab = Lab.load(name)
    drill = records.load(lab.directory).but(revealed=True)
    records.write(lab.directory, drill)
    if as_json:
        say_json(drill_view.document(lab, drill))
    else:
        drill_view.show_debrief(out(), drill)
        say_whole(
            err(), "It is still broken. Repair it and `safedeploy lab drill check`, or `safedeploy lab drill end`."
        )


@app.command()
@reported
def end(*, name: Name = DEFAULT_NAME) -> None:
    """End the drill, however it was left: the hosts go back to what they were before it."""
    from safedeploy.lab import Lab, drilling

    over = drilling.end(Lab.load(name))
    say(
        err(), "The drill is over; the hosts are what they were before it." if over else "No drill goes on in this lab."
    )
