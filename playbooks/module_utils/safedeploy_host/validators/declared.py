"""What a manifest declares for other services' files: checked when it comes in, and carried over when a path leaves.

The form is that of choose.py. It is beside the entries, so it changes no digest.
"""

from __future__ import annotations

from ..protocol import AgentError, bad_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..store import Store

    Json = dict[str, Any]

_VALIDATOR = {"paths", "command", "timeout", "reload", "service"}
_FILE = {"validate", "reason", "reload"}


def check(services: object) -> None:
    """Raise AgentError(bad-request) unless the member `services` of a manifest is well formed."""
    if not isinstance(services, dict) or set(services) - {"validators", "files"}:
        raise bad_request("'manifest.services' must be an object with 'validators' and 'files'")
    for name, value in _members(services, "validators").items():
        _keys(value, _VALIDATOR, f"manifest.services.validators.{name}")
        if not _words(value.get("command")) or not all(_words(value.get(key, ["-"])) for key in ("paths", "reload")):
            raise bad_request(f"the validator {name!r} must have lists of texts: 'command', and 'paths', 'reload'")
    for path, value in _members(services, "files").items():
        _keys(value, _FILE, f"manifest.services.files.{path}")
        if not isinstance(value.get("reload", ""), str) and not _words(value["reload"]):
            raise bad_request(f"'reload' of {path} must be a name or a list of texts")


def _members(services: Json, key: str) -> Json:
    value = services.get(key, {})
    if not isinstance(value, dict) or not all(isinstance(item, dict) for item in value.values()):
        raise bad_request(f"'manifest.services.{key}' must be an object of objects")
    return value


def _keys(value: Json, known: set[str], where: str) -> None:
    if set(value) - known:
        raise bad_request(f"{where}: unknown: {', '.join(sorted(set(value) - known))}")


def _words(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(word, str) and word for word in value)


def of(store: Store, manifest: Mapping[str, Any]) -> Json:
    """What holds for a change to `manifest`: its own declarations, and those of the current release for other paths.

    So the service of a file that leaves management reads what comes back in its place.
    """
    new: Json = manifest.get("services") or {}
    earlier = _current(store)
    left = {path: value for path, value in (earlier.get("files") or {}).items() if path not in manifest["entries"]}
    return {
        "validators": {**(earlier.get("validators") or {}), **(new.get("validators") or {})},
        "files": {**left, **(new.get("files") or {})},
    }


def _current(store: Store) -> Json:
    current = store.state.load()["current"]
    try:
        return (store.manifest(current).get("services") if current else None) or {}
    except AgentError:
        return {}
