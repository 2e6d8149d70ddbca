"""<IfModule> that can never be true, because it names no module: what it holds is silently left out."""

from __future__ import annotations

from ..raised import Raised
from ..similar import nearest
from .module_names import MODULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..host import Host

    Json = dict[str, Any]

_MPMS = ("event", "worker", "prefork", "itk", "winnt", "netware", "beos")
# Sources that do not begin with mod_.
_SOURCES = (
    "core.c",
    "http_core.c",
    "sapi_apache2.c",
    *(f"{name}.c" for name in _MPMS),
    *(f"mpm_{name}.c" for name in _MPMS[4:]),
)


def misspelled(effective: Json, host: Host) -> Iterator[Raised]:  # noqa: ARG001 -- every rule is called alike
    """An <IfModule> whose name is that of a loaded module but for a slip."""
    loaded = set(effective["modules"])
    for condition in effective["reads"]["conditions"]:
        meant = _meant(condition["name"].lstrip("!"), loaded) if condition["kind"] == "ifmodule" else None
        if meant and loaded:
            yield Raised(
                "condition-misspelled",
                f"<IfModule {condition['name']}> names no module, so its lines are"
                f" {'always' if condition['name'].startswith('!') else 'never'} obeyed; {meant} is loaded",
                node=line(condition),
                remedy=f"Write <IfModule {'!' if condition['name'].startswith('!') else ''}{meant}>",
            )


def line(condition: Json) -> Json:
    """A condition of an Effective's `reads` as a node, which httpd's own tree does not have."""
    name = condition["name"]
    place = {"file": condition["file"], "line": condition["line"]}
    return {"name": condition["kind"], "args": [name], "raw": name, "children": [], **place}


def _meant(name: str, loaded: set[str]) -> str | None:
    """What was meant by a name that is no module's; None where it is one, or looks like none that is loaded."""
    if name in loaded or name in _SOURCES:
        return None
    source = name.endswith(".c")
    stems = {one[: -len("_module")] for one in loaded}
    if not source and not name.endswith("_module"):
        # Neither an identifier nor a source file: never true, whatever it is.
        stem = name.replace("mod_", "", 1).partition(".")[0]
        return _spelled(stem, source=True) if stem in stems else None
    stem = name[: -len(".c")] if source else name[: -len("_module")]
    if source and stem.startswith("mod_"):
        stem = stem[len("mod_") :]
        if stem in stems and not stem.startswith("mpm_"):
            return None
    if stem in stems:
        return _spelled(stem, source=source)
    near = None if stem in MODULES else nearest(stem, stems)
    return _spelled(near, source=source) if near else None


def _spelled(stem: str, *, source: bool) -> str:
    return f"mod_{stem}.c" if source and not stem.startswith("mpm_") else f"{stem}_module"
