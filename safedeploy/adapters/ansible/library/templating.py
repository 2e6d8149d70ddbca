"""Values and files templated for one host, as Ansible's template action does it.

The steps of `file` follow ansible/plugins/action/template.py of ansible-core 2.19; tests/integration/render compares
the bytes with those of the real module.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ansible._internal._templating import _template_vars
from ansible._internal._templating._engine import TemplateMode, TemplateOptions
from ansible._internal._templating._jinja_bits import JINJA2_OVERRIDE, TemplateOverrides
from ansible.errors import AnsibleError, AnsibleFileNotFound
from ansible.module_utils.common.text.converters import to_bytes
from ansible.template import trust_as_template

from safedeploy.adapters.ansible.library.engine import MAIN
from safedeploy.adapters.ansible.library.explain import explain_template, near, syntax_line
from safedeploy.core.errors import SafedeployError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from safedeploy.adapters.ansible.library.engine import CachingEngine
    from safedeploy.adapters.ansible.library.session import Session


T = TypeVar("T")


class HostTemplating:
    """Templating with the variables of one host. `extra` are variables of a loop or an entry, which win."""

    def __init__(self, session: Session, host: str, templates: str) -> None:
        self._session = session
        self._project = session.project
        self._templates = templates
        self.variables = session.play_variables(host)

    def value(self, value: Any, *, place: str, extra: Mapping[str, Any] | None = None) -> Any:
        """Return a value with all templates in it rendered; `omit` drops out of lists and dictionaries."""
        return self._template(value, place, extra, TemplateMode.ALWAYS_FINALIZE)

    def container(self, value: Any, *, place: str, extra: Mapping[str, Any] | None = None) -> Any:
        """Return a value rendered no further than to a list or dictionary; what is in it stays as written."""
        return self._template(value, place, extra, TemplateMode.STOP_ON_CONTAINER)

    def condition(self, expression: Any, *, place: str, extra: Mapping[str, Any] | None = None) -> bool:
        """Return what `when: expression` would; Ansible 2.19 insists on a boolean."""
        engine = self._plain_engine(extra)
        try:
            return bool(engine.evaluate_conditional(expression))
        except AnsibleError as error:
            raise explain_template(error, place=place, template=False, project=self._project) from error

    def trusted(self, value: Any) -> Any:
        """Return text from safedeploy.yml, at any depth, as text that may hold templates."""
        if isinstance(value, str):
            return trust_as_template(value)
        if isinstance(value, dict):
            return {key: self.trusted(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.trusted(item) for item in value]
        return value

    def recall(
        self, key: Hashable, roots: Iterable[str], make: Callable[[], T], *, more: Mapping[str, Any] | None = None
    ) -> T:
        """Return what `make` renders of the variables `roots`, or what it gave for a host that has the same ones.

        `more` are values that `make` may note beside variables. The result is shared, and must not be changed.
        """

        def noted() -> T:
            self.note(roots)
            return make()

        return self._session.memory.recall(key, {**self.variables, **(more or {})}, noted)

    def note(self, names: Iterable[str]) -> None:
        """What is being made depends on these names."""
        for name in names:
            self._session.memory.note(name)

    def find(self, kind: str, name: str) -> Path:
        """Return where a template or file is, as Ansible would find it from the project's top directory."""
        folder = self._templates if kind == "templates" else "files"
        known = self._session.found.get((folder, name))
        if known is not None:
            return known
        try:
            found = self._session.loader.path_dwim_relative_stack([str(self._project)], folder, name)
        except AnsibleFileNotFound as error:
            looked = [near(path, self._project) for path in error.paths or ()]
            code, what = ("template-missing", "template") if kind == "templates" else ("file-missing", "file")
            raise SafedeployError(
                code,
                f"{what} '{name}' does not exist; looked for {', '.join(dict.fromkeys(looked))}",
                next_step=f"Create it in {folder}/, or correct its name.",
            ) from error
        return self._session.found.setdefault((folder, name), Path(found))

    def read(self, path: Path) -> tuple[bytes, bool]:
        """Return the content of a file, decrypted if it is vaulted, and whether it was."""
        try:
            with self._session.loader.known_use():
                data, plain = self._session.loader._get_file_contents(str(path))  # noqa: SLF001 - the public one is for text
        except AnsibleError as error:
            raise explain_template(
                error, place=near(path, self._project), template=False, project=self._project
            ) from error
        return bytes(data), not plain

    def file(
        self, path: Path, *, src: str, dest: str, options: Mapping[str, Any], encoding: str, extra: Mapping[str, Any]
    ) -> tuple[bytes, bool]:
        """Return what the template module would write to `dest`, and whether the template itself is vaulted.

        `src` is the name as declared. `options` are Jinja's, such as trim_blocks.
        """
        key = ("file", str(path), src, dest, tuple(sorted(options.items())), encoding)
        variables = self.variables | dict(extra)
        return self._session.memory.recall(
            key,
            variables,
            lambda: self._file(path, src=src, dest=dest, options=options, encoding=encoding, variables=variables),
        )

    def _file(
        self,
        path: Path,
        *,
        src: str,
        dest: str,
        options: Mapping[str, Any],
        encoding: str,
        variables: Mapping[str, Any],
    ) -> tuple[bytes, bool]:
        basedir = str(self._project)
        search = [basedir, basedir, str(path.parent)]
        engine = self._session.engine(self._search_path(search))
        told = _template_vars.generate_ansible_template_vars(
            path=src, fullpath=str(path), dest_path=dest, include_ansible_managed="ansible_managed" not in variables
        )
        engine.available_variables = {**variables, "ansible_search_path": search, **told}
        engine.failed_at.clear()
        source: Any = None
        try:
            with self._session.loader.known_use():
                source = trust_as_template(self._session.loader.get_text_file_contents(str(path)))
            result = engine.template(
                source,
                options=TemplateOptions(
                    escape_backslashes=False,
                    overrides=TemplateOverrides.DEFAULT.merge({"trim_blocks": True, **options}),
                ),
                mode=TemplateMode.ALWAYS_FINALIZE,
            )
            data = to_bytes("" if result is None else result, encoding=encoding, errors="surrogate_or_strict")
        except (AnsibleError, UnicodeError, LookupError) as error:
            place = self._place(error, engine, path, source)
            raise explain_template(error, place=place, template=True, project=self._project) from error
        return data, str(path) in self._session.loader.vaulted

    def _search_path(self, search: list[str]) -> list[str]:
        paths = [str(self._project / self._templates)]
        for path in search:
            paths += [str(Path(path) / "templates"), path]
        return list(dict.fromkeys(paths))

    def _plain_engine(self, extra: Mapping[str, Any] | None) -> CachingEngine:
        engine = self._session.engine([str(self._project)])
        engine.available_variables = self.variables | dict(extra) if extra else self.variables
        return engine

    def _template(self, value: Any, place: str, extra: Mapping[str, Any] | None, mode: TemplateMode) -> Any:
        try:
            return self._plain_engine(extra).template(value, mode=mode)
        except AnsibleError as error:
            raise explain_template(error, place=place, template=False, project=self._project) from error

    def _place(self, error: Exception, engine: CachingEngine, path: Path, source: str | None) -> str:
        """Return `file:line` of the template, or of the included one, where an error arose."""
        header = int(source is not None and source.startswith(JINJA2_OVERRIDE))  # that line is cut off before rendering
        own = near(path, self._project)
        if (syntax := syntax_line(error)) is not None:
            file, line = syntax
            return f"{own}:{line + header}" if file is None else f"{near(file, self._project)}:{line}"
        found = getattr(error, "place", None) or next(iter(engine.failed_at), None)
        if found is None:
            return own
        return (
            f"{own}:{found.line + header}" if found.file == MAIN else f"{near(found.file, self._project)}:{found.line}"
        )
