"""Small projects on disk, and the two calls that everything here is about."""

from __future__ import annotations

import sys
from pathlib import Path

from ansible.parsing.vault import VaultLib, VaultSecret

from safedeploy.adapters.ansible.inventory import Inventory, VaultOptions, load
from safedeploy.adapters.ansible.render import Rendered, Renderer
from safedeploy.core.policy import Policy

BIN = Path(sys.executable).parent
PROD = Policy(environment="prod", inventory="inventories/prod")


def write(project: Path, files: dict[str, str]) -> Path:
    """Write files below the project; the ones that begin with `#!` become executable."""
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if text.startswith("#!"):
            path.chmod(0o755)
    return project


def open_inventory(project: Path, limit: str | None = None, vault: VaultOptions | None = None) -> Inventory:
    return load(project, PROD, limit=limit, vault=vault)


def names(project: Path, limit: str | None = None) -> list[str]:
    return [host.name for host in open_inventory(project, limit).hosts]


def rendered(project: Path, policy: Policy = PROD, vault: VaultOptions | None = None) -> dict[str, Rendered]:
    with load(project, policy, vault=vault) as inventory:
        return Renderer(project, policy, inventory).render_all()


def content(item: Rendered, path: str) -> str:
    return item.tree.content[item.tree.entries[path].sha256].decode()


def encrypt(text: str, password: str, vault_id: str = "default") -> str:
    """`text` as ansible-vault encrypts it."""
    key = VaultSecret(password.encode())
    encrypted: bytes = VaultLib([(vault_id, key)]).encrypt(text.encode(), key, vault_id)
    return encrypted.decode()


def inline(text: str) -> str:
    """An encrypted value as YAML has it, for `name: ` in front."""
    return "!vault |\n" + "".join(f"  {line}\n" for line in text.splitlines())
