"""Ansible's errors as ours: a stable code, a place, a next step. Values are never quoted, since they may be secret."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from ansible._internal._datatag._tags import Origin
from ansible._internal._templating._errors import AnsibleTemplatePluginNotFoundError
from ansible.errors import AnsibleError, AnsibleTemplateSyntaxError, AnsibleUndefinedVariable
from ansible.parsing.vault import AnsibleVaultError
from jinja2 import TemplateNotFound, TemplateSyntaxError

from safedeploy.core.errors import SafedeployError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from safedeploy.adapters.ansible.library.loader import RecordingLoader


YAML_ENDINGS = (".yml", ".yaml", ".json")


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it was raised from, outermost first."""
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__


def origin_text(value: object, project: Path) -> str:
    """Return `path:line` of where a value was written, relative to the project; empty when that is not known."""
    origin = value if isinstance(value, Origin) else Origin.get_tag(value)
    if origin is None:
        return ""
    if not origin.path:
        return str(origin.description or "")
    return near(origin.path, project) + (f":{origin.line_num}" if origin.line_num else "")


def near(path: str | Path, project: Path) -> str:
    """Return a path relative to the project if it lies inside, else as it is."""
    text = str(path)
    inside = os.path.relpath(text, project)
    return text if inside.startswith("..") else inside


def explain_template(error: Exception, *, place: str, template: bool, project: Path) -> SafedeployError:
    """Return the error of a template file, or of a value that is one; `place` is where to look first."""
    for cause in causes(error):
        if isinstance(cause, AnsibleVaultError) or type(cause).__name__ == "UndecryptableVaultError":
            return undecryptable(origin_text(getattr(cause, "obj", None), project) or place, known=True)
    origin = origin_text(getattr(error, "obj", None), project)
    within = f" (in {origin})" if origin and not place.startswith(origin.split(":")[0]) else ""
    message = _message(error)
    if isinstance(error, AnsibleUndefinedVariable):
        return SafedeployError(
            "template-undefined-variable" if template else "undefined-variable",
            f"{place}: {message}{within}",
            next_step="Define the variable for the host or one of its groups, or give it a default: "
            "{{ name | default('value') }}.",
        )
    if isinstance(error, AnsibleTemplateSyntaxError):
        return SafedeployError(
            "template-syntax", f"{place}: {message}{within}", next_step="Correct the template on that line."
        )
    if any(isinstance(cause, TemplateNotFound) for cause in causes(error)):
        return SafedeployError(
            "template-missing",
            f"{place}: the included template {message} does not exist",
            next_step="Includes are looked for in the templates directory and beside the template.",
        )
    return SafedeployError(
        "template-failed", f"{place}: {message}{within}", next_step="Correct the expression, or the value it is given."
    )


def _message(error: Exception) -> str:
    for cause in causes(error):
        if isinstance(cause, TemplateNotFound):
            return str(cause.name)
        if isinstance(cause, TemplateSyntaxError):
            return f"syntax error: {cause.message}"
        if isinstance(cause, AnsibleTemplatePluginNotFoundError):
            return str(cause).rstrip(".")
    return str(error).strip().rstrip(".")


def syntax_line(error: Exception) -> tuple[str | None, int] | None:
    """Return the file (None: the template itself) and line of a syntax error."""
    for cause in causes(error):
        if isinstance(cause, TemplateSyntaxError):
            return cause.filename, cause.lineno
    return None


def explain_inventory(
    error: Exception, loader: RecordingLoader, source: str, project: Path, warnings: Sequence[str]
) -> SafedeployError:
    """Return the error of an inventory that could not be read.

    `source` is the file or directory at which it failed; `warnings` what the plugins that tried it had to say.
    """
    if loader.undecryptable is not None:
        known = bool(loader._vault.secrets)  # noqa: SLF001 - no other way
        return undecryptable(near(loader.undecryptable, project), known=known)
    where = near(source, project)
    cause = loader.failure or error
    place = origin_text(getattr(cause, "obj", None), project) or where
    if warnings and loader.failure is None:
        text = _said_by_its_plugin(Path(source), warnings)
    else:
        text = cause.message if isinstance(cause, AnsibleError) else str(cause)
    # Ansible quotes the word that it did not expect, which may be the second half of a password.
    text = re.sub(r",? got: .*", "", " ".join(text.split()))
    return SafedeployError(
        "inventory-invalid",
        f"{place}: {text}",
        next_step=f"Correct it; `ansible-inventory -i {where} --list` shows what Ansible reads.",
    )


def is_program(path: Path) -> bool:
    """Tell whether Ansible would run this inventory file rather than read it."""
    return path.is_file() and os.access(path, os.X_OK)


def _said_by_its_plugin(source: Path, warnings: Sequence[str]) -> str:
    """Return the failure of the plugin that the file was meant for; the others fail because it was not for them."""
    kinds = ["script"] if is_program(source) else ["auto", "yaml"] if source.suffix in YAML_ENDINGS else ["ini", "yaml"]
    for kind in kinds:
        for warning in warnings:
            start = f"Failed to parse inventory with '{kind}' plugin."
            if warning.startswith(start):
                return warning.removeprefix(start).strip().removeprefix("Failed to parse inventory.").strip()
    return warnings[0]


def undecryptable(place: str, *, known: bool) -> SafedeployError:
    """Return the error of something encrypted that no password opens; `known` when there was one to try."""
    if known:
        return SafedeployError(
            "vault-wrong-password",
            f"{place}: no known vault password decrypts this",
            next_step="Check which password (or vault id) it was encrypted with, and name that one.",
        )
    return SafedeployError(
        "vault-password-missing",
        f"{place}: this is encrypted with ansible-vault and no password is known",
        next_step="Use --vault-password-file FILE or --ask-vault-pass, or set ANSIBLE_VAULT_PASSWORD_FILE "
        "or vault_password_file in safedeploy.yml.",
    )
