"""What is known about the host that a tree is for, beside the tree: None wherever nobody has looked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from safedeploy.lint.files import Files


def unknown(path: str) -> bool | None:
    """Whether `path` exists on the host: nobody has looked."""
    del path
    return None


def no_mode(path: str) -> int | None:
    """The permissions of `path` on the host: nobody has looked."""
    del path
    return None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`layout` names one of safedeploy.core.layouts.LAYOUTS.

    `modules` are loaded on the host by files that are not in the tree, in any spelling (`ssl`, `ssl_module`,
    `mod_ssl.c`). `environment` is what httpd is started with, None if not known; `envvars` of the tree adds to it.
    `flags` are the names that httpd is started with (`-D NAME`). `exists` answers for paths outside the tree, `mode`
    has the permissions of a file wherever it lies. `directive_modules` gives the modules that have a directive, None
    for one that nobody knows.
    """

    layout: str = "debian"
    version: tuple[int, int, int] | None = None
    modules: frozenset[str] | None = None
    environment: Mapping[str, str] | None = None
    flags: frozenset[str] | None = None
    exists: Callable[[str], bool | None] = field(default=unknown, repr=False)
    mode: Callable[[str], int | None] = field(default=no_mode, repr=False)
    directive_modules: Callable[[str], Collection[str] | None] | None = field(default=None, repr=False)

    def there(self, files: Files, path: str) -> bool | None:
        """Whether something is at a path, by the tree and else by what is known about the host."""
        known = files.exists(path)
        return self.exists(path) if known is None else known

    def directory(self, files: Files, path: str) -> bool | None:
        """Whether a directory is at a path, likewise; of the host only whether anything is there."""
        known = files.is_directory(path)
        return self.exists(path) if known is None else known
