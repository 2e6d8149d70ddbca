"""Apache on a lab host, laid out as Debian does and then set up as if by hand: configuration, links and documents."""

from __future__ import annotations

import re
from pathlib import Path

from safedeploy.core.debian_modules import DEFAULT_CONFS, DEFAULT_MODULES
from safedeploy.lab import file_tree, sites
from safedeploy.lab.conffiles import Conffiles
from safedeploy.lab.host import LabHost, Layout
from safedeploy.lab.names import DOMAIN

# What the three sites need beside what the package's postinst enables.
SITE_MODULES = ("ssl", "socache_shmcb", "rewrite", "proxy", "proxy_http", "headers")
OWN_CONF = "lab-servername"


def adapted(files: dict[str, bytes], host: LabHost) -> dict[str, bytes]:
    """The package's files for a host that is not at the package's places and ports; unchanged for one that is."""
    if host.layout == Layout() and (host.http_port, host.https_port) == (80, 443):
        return files
    layout = host.layout
    listen = f"Listen {host.address}:{{}}".format
    changed = dict(files)
    changed["ports.conf"] = (
        f"{listen(host.http_port)}\n<IfModule ssl_module>\n\t{listen(host.https_port)}\n</IfModule>\n".encode()
    )
    changed["envvars"] = envvars(layout, host.httpd_user).encode()
    changed["apache2.conf"] = files["apache2.conf"].replace(b"/var/www/", f"{layout.www_root}/".encode())
    for name in ("sites-available/000-default.conf", "sites-available/default-ssl.conf"):
        text = files.get(name, b"").decode().replace("/var/www/", f"{layout.www_root}/")
        text = re.sub(r"(<VirtualHost [^:>]*):80>", rf"\1:{host.http_port}>", text)
        changed[name] = re.sub(r"(<VirtualHost [^:>]*):443>", rf"\1:{host.https_port}>", text).encode()
    return changed


def envvars(layout: Layout, user: str) -> str:
    """/etc/apache2/envvars for a host whose directories are elsewhere; `user` is who the servers run as."""
    settings = environment(layout, user)
    return "unset HOME\n" + "".join(f"export {name}={value}\n" for name, value in settings.items()) + "export LANG=C\n"


def environment(layout: Layout, user: str) -> dict[str, str]:
    """What Debian's configuration files expect in the environment of httpd."""
    return {
        "APACHE_RUN_USER": user,
        "APACHE_RUN_GROUP": f"#{_group_of(user)}",
        "APACHE_PID_FILE": f"{layout.run_dir}/apache2.pid",
        "APACHE_RUN_DIR": layout.run_dir,
        "APACHE_LOCK_DIR": layout.lock_dir,
        "APACHE_LOG_DIR": layout.log_dir,
    }


def elsewhere(layout: Layout, user: str) -> dict[str, str]:
    """The environment in which apache2ctl and apache2 mean the server of that layout."""
    return {
        "APACHE_CONFDIR": layout.server_root,
        "APACHE_ENVVARS": f"{layout.server_root}/envvars",
        # apache2ctl would hand the start over to systemd, where that runs, and start the machine's own server.
        "APACHE_STARTED_BY_SYSTEMD": "true",
        **environment(layout, user),
    }


def _group_of(user: str) -> int:
    import pwd  # noqa: PLC0415 - only a host without a file system of its own asks

    return pwd.getpwnam(user).pw_gid


def make(root: Path, www_root: Path, host: LabHost, conffiles: Conffiles) -> None:
    """Write the server root and the web root to those places, as the machine names them."""
    for name, content in adapted(conffiles.files, host).items():
        file_tree.put(root / name, content)
    for kind in ("mods", "conf", "sites"):
        for state in ("available", "enabled"):
            file_tree.directory(root / f"{kind}-{state}")
    file_tree.put(root / f"conf-available/{OWN_CONF}.conf", f"ServerName {host.name}.{DOMAIN}\n")
    for name, text in sites.site_files(host).items():
        file_tree.put(root / "sites-available" / name, text)
    for module in (*DEFAULT_MODULES, *SITE_MODULES):
        for ending in ("load", "conf"):
            _enable(root, "mods", f"{module}.{ending}")
    for conf in (*DEFAULT_CONFS, OWN_CONF):
        _enable(root, "conf", f"{conf}.conf")
    for site in ("000-default.conf", *sites.site_files(host)):
        _enable(root, "sites", site)
    for name, text in sites.documents(host).items():
        file_tree.put(www_root / name, text)


def _enable(root: Path, kind: str, name: str) -> None:
    """What a2enmod, a2enconf and a2ensite do: a relative link, if there is such a file."""
    if (root / f"{kind}-available" / name).exists():
        (root / f"{kind}-enabled" / name).symlink_to(f"../{kind}-available/{name}")
