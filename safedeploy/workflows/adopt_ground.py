"""The project that a fleet is adopted into: what it needs to begin with, and where in it the new files go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from safedeploy.adapters import project_tree, resources, settings
from safedeploy.adapters.project_tree import Change
from safedeploy.adapters.settings import schema
from safedeploy.adapters.settings.model import NAME
from safedeploy.core.adopt.project import Written
from safedeploy.core.errors import SafedeployError
from safedeploy.workflows.session import Target

PREFIX = "safedeploy_files_adopted"
# What `safedeploy init` writes as an example would be deployed beside what the hosts have: untouched, it makes room.
EXAMPLES = {
    "group_vars/all/files.yml": b"---\n# Files of your own go here. What `safedeploy adopt` found is in adopted.yml.\n"
    b"safedeploy_files: []\n",
    "group_vars/all/sites.yml": b"---\n# Variables of your own go here.\n{}\n",
    "group_vars/debian.yml": b"---\n# Debian, Ubuntu and their children.\nsafedeploy_layout: debian\n",
    "group_vars/redhat.yml": b"---\n# RHEL and its relatives.\nsafedeploy_layout: redhat\n",
}


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """Where the inventory and the templates are, in the project, and what is written before anything is read."""

    inventory: str
    templates: str
    change: Change


def begin(target: Target, source: Path | None) -> Beginning:
    """What a project needs before its hosts can be read. Raises SafedeployError as the settings do.

    `adopt-unsuitable`: the inventory or the templates are where nothing can be added.
    """
    project = target.project
    new = dict(_starter(project))
    if source is not None:
        place = _new_place(target)
        copied = project_tree.inventory_files(source, place)
        change = Change(new={**new, **copied.new}, modes=copied.modes)
        return Beginning(inventory=place, templates="templates", change=change)
    if new:
        raise SafedeployError(
            "adopt-no-project",
            f"{project} has no {settings.FILE_NAME}, and no inventory was given",
            next_step=f"`safedeploy adopt {target.environment} --inventory FILE` makes the project; or begin with "
            "`safedeploy init` and name your hosts.",
        )
    policy = settings.load(project).policy(target.environment)
    for what, place in (("the inventory", policy.inventory), ("the directory of templates", policy.templates)):
        if PurePosixPath(place).is_absolute() or ".." in PurePosixPath(place).parts or place.startswith("~"):
            raise _unsuitable(f"{what} ({place}) is outside of the project", "Move it into the project.")
    if not (project / policy.inventory).is_dir():
        raise _unsuitable(
            f"the inventory {policy.inventory} is one file: variables beside it would be those of every environment",
            f"Make it a directory: inventories/{target.environment}/hosts.yml.",
        )
    return Beginning(
        inventory=str(PurePosixPath(policy.inventory)),
        templates=str(PurePosixPath(policy.templates)),
        change=Change(replaced=dict(_examples(project, policy.inventory))),
    )


def _new_place(target: Target) -> str:
    """Where an inventory from elsewhere goes, of which the project must know nothing yet."""
    environment = target.environment
    if re.fullmatch(NAME, environment) is None:
        raise _unsuitable(f"{environment!r} cannot be the name of an environment", "Letters, digits, `.`, `_` and `-`.")
    place = f"inventories/{environment}"
    if any((target.project / f"{place}{ending}").exists() for ending in ("", ".yml", ".yaml", ".ini")):
        raise _unsuitable(f"{place} exists in {target.project} already", "Leave --inventory away to use it.")
    if (target.project / settings.FILE_NAME).exists():
        model = settings.load(target.project).model
        named = model.environments.get(environment)
        given = [named.templates if named else None, model.defaults.templates]
        if any(given) or (named is not None and named.inventory):
            raise _unsuitable(
                f"{settings.FILE_NAME} says already where the inventory or the templates of {environment} are",
                "Copy the inventory to where it says, as a directory, and adopt without --inventory.",
            )
    return place


def _starter(project: Path) -> Iterator[tuple[str, bytes]]:
    """What a project begins with where there is none."""
    if (project / settings.FILE_NAME).exists():
        return
    starter = resources.starter_dir()
    yield settings.FILE_NAME, (starter / settings.FILE_NAME).read_bytes()
    if not (project / ".gitignore").exists():
        yield ".gitignore", (starter / "gitignore").read_bytes()
    for name, document in schema.documents().items():
        if not (project / ".schema" / name).exists():
            yield f".schema/{name}", schema.text(document).encode()


def _examples(project: Path, inventory: str) -> Iterator[tuple[str, tuple[bytes, bytes]]]:
    """The files of the example that nobody has touched, if all of them are such: before and after."""
    there = {name: project / inventory / name for name in EXAMPLES if (project / inventory / name).is_file()}
    example = resources.inventories_dir() / "example"
    before = {name: (example / name).read_bytes() for name in there}
    if all(there[name].read_bytes() == before[name] for name in there):
        for name in there:
            yield f"{inventory}/{name}", (before[name], EXAMPLES[name])


def again(known: Iterable[str]) -> str:
    """What tells the variables of this adoption from those of an earlier one: nothing, or `_2` and so on."""
    names = list(known)
    number, ending = 1, ""
    while any(name == f"{PREFIX}{ending}" or name.startswith(f"{PREFIX}{ending}_") for name in names):
        number += 1
        ending = f"_{number}"
    return ending


def names_there(project: Path, templates: str) -> frozenset[str]:
    """The names that files/ and the directory of templates have already."""
    return frozenset().union(*(project_tree.names_below(project / name) for name in ("files", templates)))


def written(project: Path, beginning: Beginning, made: Written, ending: str) -> Change:
    """Where in the project what was made goes."""
    new: dict[str, bytes] = {}
    moved: dict[str, str] = {}
    new |= {f"files/{name}": data for name, data in made.static.items()}
    new |= {f"{beginning.templates}/{name}": data for name, data in made.templates.items()}
    name = f"adopted{ending.replace('_', '-')}.yml"
    for group, host, text in made.variables:
        kind, owner = ("host_vars", host) if host else ("group_vars", group or "all")
        place, moves = project_tree.variable_file(project / beginning.inventory, kind, owner, name)
        new[f"{beginning.inventory}/{place}"] = text.encode()
        moved |= {f"{beginning.inventory}/{old}": f"{beginning.inventory}/{to}" for old, to in moves.items()}
    return Change(new=new, moved=moved)


def joined(first: Change, second: Change) -> Change:
    """Both changes as one. What the second moves of what the first made is made there at once."""
    new = {second.moved.get(name, name): data for name, data in first.new.items()}
    return Change(
        new={**new, **second.new},
        moved={before: after for before, after in second.moved.items() if before not in first.new},
        replaced={second.moved.get(name, name): item for name, item in first.replaced.items()},
        modes={second.moved.get(name, name): mode for name, mode in first.modes.items()},
    )


def _unsuitable(what: str, next_step: str) -> SafedeployError:
    return SafedeployError("adopt-unsuitable", what, next_step=next_step)
