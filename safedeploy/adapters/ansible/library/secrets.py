"""Which values are secret: all that came out of a vault, wherever it is nested, and the variables that are named so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible._internal._datatag._tags import Origin, VaultedValue
from ansible.parsing.vault import EncryptedString

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAGIC = frozenset({"hostvars", "vars", "groups", "ansible_facts"})


class VaultedValues:
    """Finds what is secret in the untemplated variables of one host after the other.

    `texts` are the secret values; `templated` the names of variables that hold a template out of an encrypted file, so
    that their rendered value is secret too; `undecryptable` a value that no known password opens, if there was one.
    """

    def __init__(self, vaulted: set[str]) -> None:
        self.texts: set[str] = set()
        self.templated: set[str] = set()
        self.undecryptable: EncryptedString | None = None
        self._vaulted = vaulted
        self._seen: dict[int, Any] = {}

    def look_at(self, variables: Mapping[str, Any]) -> None:
        """Search the variables of a host. Values that several hosts share are searched once."""
        for name, value in variables.items():
            if name not in MAGIC and id(value) not in self._seen:
                self._seen[id(value)] = value  # kept, so that the identity stays taken
                self._search(name, value)

    def _search(self, name: str, value: Any) -> None:
        if isinstance(value, dict):
            for item in value.values():
                self._search(name, item)
        elif isinstance(value, list | tuple):
            for item in value:
                self._search(name, item)
        elif isinstance(value, EncryptedString):
            self._decrypt(value)
        elif self._is_vaulted(value):
            self.texts.add(str(value))
            if isinstance(value, str) and "{{" in value:
                self.templated.add(name)

    def _decrypt(self, value: EncryptedString) -> None:
        try:
            self.texts.add(str(value))
        except Exception:  # noqa: BLE001 - many kinds; a value that cannot be read cannot be shown either
            self.undecryptable = value

    def _is_vaulted(self, value: Any) -> bool:
        if isinstance(value, bool) or value is None:
            return False
        if VaultedValue.is_tagged_on(value):
            return True
        origin = Origin.get_tag(value)
        return origin is not None and any(
            path == origin.path or path in (origin.description or "") for path in self._vaulted
        )


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text and number in a value, at any depth."""
    if isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
