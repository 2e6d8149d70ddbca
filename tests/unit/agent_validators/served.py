"""A host in a temporary directory that also runs another service: a daemon of a few lines, told by real commands.

`appd` keeps what it last read in a file. It refuses to read a file with REFUSED in it, and dies of one with DEADLY.
"""

from __future__ import annotations

from tests.unit.agent.world import World

CHECK = '#!/bin/sh\n! grep -q INVALID "$1" || { echo "$1:1: INVALID"; exit 1; }\n'
RELOAD = """#!/bin/sh
cd "{base}" || exit 1
echo reload >>asked
grep -q REFUSED app.ini && {{ echo "appd: will not read it"; exit 3; }}
cp app.ini loaded-by-appd
"""


class Served(World):
    """A host whose /app.ini is read by appd."""

    def __init__(self, base):
        super().__init__(base)
        self.ini = base / "app.ini"
        self.site["allowed_roots"].append(str(base))
        self.ini.write_bytes(b"first")
        self.script("check", CHECK)
        self.script("reload", RELOAD.format(base=base))
        self.declared = {
            "validators": {"app": {"command": [str(base / "check"), "{file}"], "reload": [str(base / "reload")]}},
            "files": {str(self.ini): {"validate": "app", "reload": "app"}},
        }

    def script(self, name, text):
        path = self.base / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def manifest(self, files, release="aaaaaaaaaaaa"):
        manifest, contents = super().manifest(files, release)
        return {**manifest, "services": self.declared} if self.declared else manifest, contents

    @property
    def asked(self):
        """How often appd was told to reload."""
        path = self.base / "asked"
        return path.read_text().count("reload") if path.exists() else 0

    @property
    def loaded(self):
        """What appd read last."""
        path = self.base / "loaded-by-appd"
        return path.read_bytes() if path.exists() else None
