"""Ansible's template engine with additions: compiled templates are kept, an error knows its line, use is noted.

All leave the output alone. Ansible compiles a template anew for each host and loop item; the fleet has many of both.
What templates look up is noted for memory.py.
An undefined value carries the place of the template where it was met, which Ansible reports for the file as a whole.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from ansible._internal._templating._engine import TemplateEngine
from ansible._internal._templating._jinja_bits import AnsibleTemplate, UndefinedMarker
from ansible._internal._templating._jinja_common import Marker
from ansible._internal._templating._lazy_containers import lazify_container
from jinja2 import pass_context

from safedeploy.adapters.ansible.library.memory import NotingPlugins, context_class

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from ansible.parsing.dataloader import DataLoader

    from safedeploy.adapters.ansible.library.memory import Memory

MAIN = "<template>"


class Place(NamedTuple):
    """A line of a template; `file` is `MAIN` for the outermost template, else the path of an included one."""

    file: str
    line: int


class LocatedUndefined(UndefinedMarker):  # type: ignore[misc]  # ansible has no types
    """An undefined value that knows where it was met."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The class refuses unknown attributes by failing like any other use of an undefined value.
        object.__setattr__(self, "_place", place_of(sys._getframe(1)))  # noqa: SLF001 - the only way to the caller

    def _as_exception(self) -> Exception:
        error: Exception = super()._as_exception()
        error.place = object.__getattribute__(self, "_place")  # type: ignore[attr-defined]
        return error


class CachingEngine(TemplateEngine):  # type: ignore[misc]  # ansible has no types
    """A template engine for one search path.

    `failed_at` holds where values that are errors were to be written, in the order of the output.
    """

    def __init__(self, loader: DataLoader, search_path: list[str], memory: Memory) -> None:
        super().__init__(loader=loader)
        self.failed_at: list[Place] = []
        self._compiled: dict[Any, AnsibleTemplate] = {}
        environment = self.environment
        environment.loader.searchpath = search_path
        environment.undefined = LocatedUndefined
        environment.context_class = context_class(memory, environment.globals)
        environment.filters = NotingPlugins(environment.filters, memory)
        environment.tests = NotingPlugins(environment.tests, memory)
        failed_at = self.failed_at

        @pass_context
        def finalize(_context: Any, value: Any) -> Any:
            if isinstance(value, Marker) and (place := place_of(sys._getframe(1))):  # noqa: SLF001 - as above
                failed_at.append(place)
            return lazify_container(value)

        environment.finalize = finalize

    def _compile_template(self, template: str, options: Any) -> Any:
        key = (str(template), options.overrides, options.escape_backslashes)
        if key not in self._compiled:
            compiled = super()._compile_template(template, options)
            if not isinstance(compiled, AnsibleTemplate):
                return compiled  # a syntax error, which is bound to this very occurrence
            self._compiled[key] = compiled
        return self._compiled[key]


def place_of(frame: FrameType | None) -> Place | None:
    """Return the line of the outermost template, or of what it includes, that is being rendered.

    None within a variable: that is rendered when the template starts, not where it is used.
    """
    found: Place | None = None
    main: dict[str, Any] | None = None
    for current in reversed(list(_template_frames(frame))):
        file = current.f_code.co_filename
        main = main or current.f_globals
        if file == MAIN and current.f_globals is not main:
            return None
        found = Place(file, current.f_globals["__jinja_template__"].get_corresponding_lineno(current.f_lineno))
    return found


def _template_frames(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield the frames of compiled templates, innermost first."""
    while frame is not None:
        if "__jinja_template__" in frame.f_globals:
            yield frame
        frame = frame.f_back
