"""`safedeploy init`: a project to begin with. What is there already is never touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.core.errors import SafedeployError

ENVIRONMENT = "prod"


@reported
def init(
    directory: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="The new project's directory; made if it does not exist.")
    ] = Path(),
) -> None:
    """Write a new project.

    Settings, an inventory to fill in, and templates that a site can go live with. Nothing is overwritten.
    """
    from safedeploy.cli import screen

    made: list[str] = []
    kept: list[str] = []
    for name, content in files():
        (made if _write(directory, name, content) else kept).append(name)
    out = screen.out()
    screen.say(
        out, f"{len(made)} files written to {directory.resolve()}" if made else "Nothing to write: all is there."
    )
    for name in kept:
        screen.say(out, f"  kept  {name}")
    for name in made:
        screen.say(out, f"  new   {name}")
    if made:
        screen.say(out, _next_steps(directory))


def files() -> Iterator[tuple[str, bytes]]:
    """Yield every file of a new project: its path, relative to the project, and its content."""
    from safedeploy.adapters import resources
    from safedeploy.adapters.settings import schema

    starter = resources.starter_dir()
    for name, place in (("safedeploy.yml", ""), ("README.md", ""), ("gitignore", "."), ("robots.txt", "files/")):
        yield place + name, (starter / name).read_bytes()
    yield from _copies(resources.inventories_dir() / "example", f"inventories/{ENVIRONMENT}")
    yield from _copies(resources.templates_dir(), "templates")
    for name, document in schema.documents().items():
        yield f".schema/{name}", schema.text(document).encode()


def _copies(source: Path, place: str) -> Iterator[tuple[str, bytes]]:
    for file in sorted(source.rglob("*")):
        if file.is_file():
            yield f"{place}/{file.relative_to(source).as_posix()}", file.read_bytes()


def _write(directory: Path, name: str, content: bytes) -> bool:
    """Write a new file; False when something has that name, be it a broken link."""
    path = directory / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        if not path.parent.is_dir():
            raise _cannot_write(path.parent, "is not a directory") from None
        return False
    except OSError as error:
        raise _cannot_write(path, error.strerror or str(error)) from error
    return True


def _cannot_write(path: Path, why: str) -> SafedeployError:
    return SafedeployError(
        "init-cannot-write",
        f"{path}: {why}",
        next_step="Name another directory: safedeploy init DIR. What was written before this is complete.",
    )


def _next_steps(directory: Path) -> str:
    here = "" if directory == Path() else f"  cd {directory}\n"
    inventory = f"inventories/{ENVIRONMENT}"
    return (
        f"\nNext:\n{here}"
        f"  1. name your hosts in {inventory}/hosts.yml, and your sites in {inventory}/group_vars/all/sites.yml\n"
        f"  2. safedeploy plan {ENVIRONMENT}     see what would change; changes nothing\n"
        f"  3. safedeploy check {ENVIRONMENT}    test it on every host; changes no live file\n"
        f"  4. safedeploy push {ENVIRONMENT}     deploy it host by host, with automatic revert\n"
        f"Hosts that serve already: name them, then `safedeploy adopt {ENVIRONMENT}` takes what they have, in place of "
        "the sites of step 1."
    )
