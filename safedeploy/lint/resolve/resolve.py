"""From a tree of files and facts to the configuration as httpd would read it."""

from __future__ import annotations

from safedeploy.core.layouts import LAYOUTS
from safedeploy.lint.facts import Facts
from safedeploy.lint.files import Files
from safedeploy.lint.resolve.configuration import AROUND, Configuration
from safedeploy.lint.resolve.environment import read_envvars
from safedeploy.lint.resolve.finish import Finish
from safedeploy.lint.resolve.hosts import address, hosts
from safedeploy.lint.resolve.htaccess import htaccess_files
from safedeploy.lint.resolve.notes import Notes
from safedeploy.lint.resolve.read import Reader
from safedeploy.lint.resolve.skeleton import SKELETONS
from safedeploy.lint.resolve.statement import Context
from safedeploy.lint.resolve.variables import Variables
from safedeploy.lint.resolve.world import World
from safedeploy.lint.syntax.lines import decode


def resolve(
    files: Files,
    facts: Facts,
    *,
    main: str | None = None,
    server_root: str | None = None,
    fragment: bool = False,
) -> Configuration:
    """Read the configuration of a tree as httpd would, from its main file on.

    `main` and `server_root` are those of the layout if not given. Where the tree has no main file, what the layout's
    own does stands in for it. With `fragment` the main file is only a part, of which nobody knows what is around it.
    Never raises on what is in the files.
    """
    layout = LAYOUTS[facts.layout]
    root = server_root or layout.server_root
    path = main or f"{root}/{layout.main_config}"
    world = World(files=files, facts=facts, variables=_variables(files, facts, root), server_root=root)
    content = files.content(path)
    if fragment:
        world.miss(AROUND)
    if content is None:
        world.miss(path)
        content = SKELETONS[facts.layout].encode()
    reader = Reader(world=world)
    reader.read(path, content)
    return _configuration(world, reader.notes, path, root)


def _configuration(world: World, notes: Notes, path: str, root: str) -> Configuration:
    outside = Context()
    finish = Finish(notes, outside)
    statements = finish.statements
    virtual_hosts = hosts(statements)
    decided = all(guard.holds is not None for each in statements if each.active is None for guard in each.guards)
    return Configuration(
        files=world.files,
        server_root=world.server_root or root,
        main=path,
        statements=statements,
        hosts=virtual_hosts,
        htaccess=htaccess_files(world, statements, virtual_hosts),
        listens=tuple(
            (each, address(each.arguments[0]))
            for each in statements
            if each.key == "listen" and each.arguments and each.active is not False
        ),
        problems=tuple(sorted(notes.problems, key=lambda problem: problem.when == "walk")),
        missing_includes=finish.missing,
        undefined=finish.undefined,
        defines={name: world.variables.values.get(name) for name, on in world.variables.flags.items() if on},
        modules=dict(world.modules),
        modules_complete=world.modules_complete,
        complete=not world.unknown and decided,
        unknown=tuple(world.unknown),
        main_context=outside,
        read=frozenset(notes.read),
    )


def _variables(files: Files, facts: Facts, root: str) -> Variables:
    environment: dict[str, str | None] | None = None if facts.environment is None else dict(facts.environment)
    flags = facts.flags
    content = files.content(f"{root}/envvars")
    if content is not None:
        read = read_envvars(decode(content), root)
        environment = {**read.values, **(environment or {})}
        flags = read.flags if flags is None else flags
    return Variables(
        environment=environment,
        flags=dict.fromkeys(flags or (), True),
        flags_known=flags is not None,
    )
