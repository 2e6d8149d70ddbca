"""Ansible's data loader, which here remembers what it decrypted and what it could not read.

Ansible forgets both: a vaulted variable file leaves no trace on the values once they are merged, and the place of a
broken one is lost in the text of another error.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from ansible._internal._datatag._tags import Origin
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import AnsibleVaultError

if TYPE_CHECKING:
    from collections.abc import Iterator


class RecordingLoader(DataLoader):  # type: ignore[misc]  # ansible has no types
    """A loader with a memory.

    `vaulted` are the paths of the files that were decrypted; `decrypted` is the content of those that lookups read;
    `failure` is the last error of a variable file, `undecryptable` the last path that no password opened.
    """

    def __init__(self) -> None:
        super().__init__()
        self.vaulted: set[str] = set()
        self.decrypted: list[str] = []
        self.failure: AnsibleError | None = None
        self.undecryptable: str | None = None
        self._known = 0

    def load_from_file(self, file_name: str, *args: Any, **kwargs: Any) -> Any:
        """Load a variable file and remember why that failed."""
        try:
            with self.known_use():
                return super().load_from_file(file_name, *args, **kwargs)
        except AnsibleError as error:
            self.failure = error
            raise

    @contextlib.contextmanager
    def known_use(self) -> Iterator[None]:
        """Leave what is decrypted in the block out of `decrypted`, since its use is known: it is not a value."""
        self._known += 1
        try:
            yield
        finally:
            self._known -= 1

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
            if not self._known:
                self.decrypted.append(data.decode("utf-8", errors="replace"))
        return data, plain
