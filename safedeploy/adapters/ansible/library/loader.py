"""Ansible's data loader, which here remembers what it decrypted and what it could not read.

Ansible forgets both: a vaulted variable file leaves no trace on the values once they are merged, and the place of a
broken one is lost in the text of another error.
"""

from __future__ import annotations

from typing import Any

from ansible._internal._datatag._tags import Origin
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import AnsibleVaultError


class RecordingLoader(DataLoader):  # type: ignore[misc]  # ansible has no types
    """A loader with a memory.

    `vaulted` are the paths of the files that were decrypted; `decrypted` is the content of those that are not variable
    files; `failure` is the last error of a variable file, `undecryptable` the last path that no password opened.
    """

    def __init__(self) -> None:
        super().__init__()
        self.vaulted: set[str] = set()
        self.decrypted: list[str] = []
        self.failure: AnsibleError | None = None
        self.undecryptable: str | None = None
        self._parsing = 0

    def load_from_file(self, file_name: str, *args: Any, **kwargs: Any) -> Any:
        """Load a variable file and remember why that failed."""
        self._parsing += 1
        try:
            return super().load_from_file(file_name, *args, **kwargs)
        except AnsibleError as error:
            self.failure = error
            raise
        finally:
            self._parsing -= 1

    def _decrypt_if_vault_data(self, b_data: bytes) -> tuple[bytes, bool]:
        origin = Origin.get_tag(b_data)
        path = origin.path if origin is not None and origin.path else "a vaulted value"
        try:
            data, plain = super()._decrypt_if_vault_data(b_data)
        except AnsibleVaultError:
            self.undecryptable = path
            raise
        if not plain:
            self.vaulted.add(path)
            if not self._parsing:
                self.decrypted.append(data.decode("utf-8", errors="replace"))
        return data, plain
