"""Apache's configuration files as the installed Debian package ships them, read from the machine and told by digest.

dpkg knows the MD5 of every conffile. A file of the machine that still has it is the package's own. A file that was
edited is taken as it is only where nothing better is known: the three that decide what starts at all have a text here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from safedeploy.lab.commands import run

PACKAGE = "apache2"
MACHINE_ROOT = Path("/etc/apache2")

APACHE2_CONF = """\
DefaultRuntimeDir ${APACHE_RUN_DIR}
PidFile ${APACHE_PID_FILE}
Timeout 300
KeepAlive On
MaxKeepAliveRequests 100
KeepAliveTimeout 5
User ${APACHE_RUN_USER}
Group ${APACHE_RUN_GROUP}
HostnameLookups Off
ErrorLog ${APACHE_LOG_DIR}/error.log
LogLevel warn
IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf
Include ports.conf
<Directory />
\tOptions FollowSymLinks
\tAllowOverride None
\tRequire all denied
</Directory>
<Directory /usr/share>
\tAllowOverride None
\tRequire all granted
</Directory>
<Directory /var/www/>
\tOptions Indexes FollowSymLinks
\tAllowOverride None
\tRequire all granted
</Directory>
AccessFileName .htaccess
<FilesMatch "^\\.ht">
\tRequire all denied
</FilesMatch>
LogFormat "%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" vhost_combined
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
LogFormat "%h %l %u %t \\"%r\\" %>s %O" common
IncludeOptional conf-enabled/*.conf
IncludeOptional sites-enabled/*.conf
"""

PORTS_CONF = """\
Listen 80
<IfModule ssl_module>
\tListen 443
</IfModule>
"""

ENVVARS = """\
unset HOME
export APACHE_RUN_USER=www-data
export APACHE_RUN_GROUP=www-data
export APACHE_PID_FILE=/var/run/apache2/apache2.pid
export APACHE_RUN_DIR=/var/run/apache2
export APACHE_LOCK_DIR=/var/lock/apache2
export APACHE_LOG_DIR=/var/log/apache2
export LANG=C
"""

OWN_TEXTS = {"apache2.conf": APACHE2_CONF, "ports.conf": PORTS_CONF, "envvars": ENVVARS}


@dataclass(frozen=True, kw_only=True)
class Conffiles:
    """Path below the server root -> content; `edited` are the paths whose content is not the package's."""

    files: dict[str, bytes]
    edited: tuple[str, ...]


def digests(answer: str, root: Path = MACHINE_ROOT) -> dict[str, str]:
    """Path below the server root -> MD5, from what dpkg-query prints for ${Conffiles}."""
    found = {}
    for line in answer.splitlines():
        path, _, rest = line.strip().partition(" ")
        if path.startswith(f"{root}/") and "obsolete" not in rest:
            found[path[len(str(root)) + 1 :]] = rest.split()[0]
    return found


def read(root: Path = MACHINE_ROOT) -> Conffiles:
    """Read the package's files from the machine. SafedeployError `lab-command-failed` when dpkg has no such package."""
    known = digests(run(["dpkg-query", "-W", "-f", "${Conffiles}\n", PACKAGE]), root)
    files: dict[str, bytes] = {name: text.encode() for name, text in OWN_TEXTS.items()}
    edited = []
    for name, digest in known.items():
        try:
            content = (root / name).read_bytes()
        except OSError:
            continue
        pristine = hashlib.md5(content, usedforsecurity=False).hexdigest() == digest
        if pristine or name not in OWN_TEXTS:
            files[name] = content
        if not pristine and name not in OWN_TEXTS:
            edited.append(name)
    return Conffiles(files=files, edited=tuple(edited))
