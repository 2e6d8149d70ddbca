"""What the linter says of configurations that the public uses: those of Debian's packages, and h5bp's collection.

    python benchmarks/public_configurations.py [--warnings] [--json FILE]

Each package is fetched with `apt-get download` or `npm pack`, which needs both registries. Each of its files for
Apache is put into a copy of this machine's /etc/apache2 (an .htaccess into a directory with AllowOverride All), where
the modules of the package apache2 are enabled, and the linter and `apache2 -t` both judge it. A file that httpd
accepts and in which the linter sees an error is a false alarm, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PACKAGES = """
adminer apache2 apt-cacher awstats backuppc bandwidthd cacti cgit davical dokuwiki dwww ganglia-webfrontend
gitweb gosa icingaweb2 javascript-common lacme ldap-account-manager libapache2-mod-auth-openidc
libapache2-mod-evasive libapache2-mod-fcgid libapache2-mod-geoip libapache2-mod-passenger
libapache2-mod-php8.2 libapache2-mod-qos libapache2-mod-security2 libapache2-mod-shib libapache2-mod-wsgi-py3
mailman3-web mediawiki modsecurity-crs mrtg munin nagios4-cgi ocsinventory-server openstack-dashboard
php-horde php8.2-fpm phpldapadmin phpmyadmin postfixadmin python3-certbot-apache roundcube-core rt5-apache2
simplesamlphp slbackup-php smokeping sogo sympa tt-rss webalizer wordpress xymon zabbix-frontend-php
zoneminder
""".split()  # noqa: SIM905 - a list of words, to be read
MODULES = ("h5bp=apache-server-configs",)
# Files of Apache by their names; documents, scripts and the like are left out.
WANTED = re.compile(
    r"/(apache[^/]*|httpd[^/]*)\.conf$|/apache2/(mods|conf|sites)-available/[^/]+\.conf$|/\.?htaccess(\.dist)?$"
)
PER_DIRECTORY = re.compile(r"htaccess(\.dist)?$")


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What both say of one file: `httpd` is its complaint, empty when it takes the file."""

    package: str
    file: str
    httpd: str
    errors: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def false_alarm(self) -> bool:
        """Whether the linter sees an error where httpd sees none."""
        return bool(self.errors) and not self.httpd


def main() -> int:
    """Fetch, judge, show; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--warnings", action="store_true", help="show each warning too")
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="safedeploy-public-") as name:
        work = Path(name)
        judged = [_judged(work, package, path) for package, root in _packages(work) for path in _files(root)]
    for one in judged:
        for kind, found in (("error", one.errors), ("warning", one.warnings if arguments.warnings else ())):
            for text in found:
                print(f"{kind:<8} {one.package} {one.file}: {text}" + (f"  [httpd: {one.httpd}]" if one.httpd else ""))
    accepted = [one for one in judged if not one.httpd]
    wrong = [one for one in judged if one.false_alarm]
    missed = sum(bool(one.httpd) and not one.errors for one in judged)
    rules = Counter(text.split()[0] for one in judged for text in one.warnings)
    print(
        f"{len(judged)} files of {len({one.package for one in judged})} packages; httpd takes {len(accepted)} of them"
    )
    print(f"false alarms (an error where httpd sees none): {len(wrong)}")
    print(f"httpd refuses and the linter sees no error: {missed} of {len(judged) - len(accepted)}")
    print("warnings: " + (", ".join(f"{rule} {count}" for rule, count in rules.most_common()) or "none"))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(one) for one in judged], indent=2) + "\n")
    return int(bool(wrong) or not judged)


def _packages(work: Path) -> Iterator[tuple[str, Path]]:
    """Name and unpacked directory of each package; one that the registry does not have is named and left out."""
    store = work / "packages"
    store.mkdir()
    for name in (*PACKAGES, *MODULES):
        label, _, module = name.partition("=")
        line = ["npm", "pack", "--silent", module] if module else ["apt-get", "download", "-qq", name]
        before = set(store.iterdir())
        done = subprocess.run(line, cwd=store, capture_output=True, text=True, check=False)
        fetched = set(store.iterdir()) - before
        if done.returncode or not fetched:
            print(f"left out: {label}: {(done.stderr.strip() or 'nothing was fetched').splitlines()[-1]}", flush=True)
            continue
        (archive,) = fetched
        root = work / "unpacked" / label
        root.mkdir(parents=True)
        unpack = (
            ["tar", "-xf", str(archive), "-C", str(root)] if module else ["dpkg-deb", "-x", str(archive), str(root)]
        )
        subprocess.run(unpack, check=True)
        yield label, root
        archive.unlink()
        shutil.rmtree(root)


def _files(root: Path) -> list[Path]:
    found = [path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()]
    return [path for path in found if WANTED.search(f"/{path.relative_to(root)}")]


def _judged(work: Path, package: str, path: Path) -> Judged:
    host = work / "host"
    _host(host)
    if PER_DIRECTORY.search(path.name):
        target = host / "var/www/html/.htaccess"
        _fill(target.parent, path.parent)
    else:
        target = host / "etc/apache2/conf-enabled/zz-public.conf"
    target.write_bytes(path.read_bytes())
    findings = [one for one in _lint(host) if one["file"] == str(target)]
    said = {
        severity: tuple(
            f"{one['rule']} line {one['line']}: {one['message']}" for one in findings if one["severity"] == severity
        )
        for severity in ("error", "warning")
    }
    file = str(path.relative_to(work / "unpacked" / package))
    return Judged(
        package=package, file=file, httpd=_httpd(host, target), errors=said["error"], warnings=said["warning"]
    )


def _host(root: Path) -> None:
    """This machine's Apache with all of its own modules that go together, and one site."""
    shutil.rmtree(root, ignore_errors=True)
    etc = root / "etc/apache2"
    shutil.copytree("/etc/apache2", etc, symlinks=True)
    for path in (etc / "mods-available").glob("*.load"):
        if path.stem.startswith("mpm_") or path.stem in ("cgi", "dialup") or not _there(path):
            continue
        link = etc / "mods-enabled" / path.name
        if not link.is_symlink():
            link.symlink_to(f"../mods-available/{path.name}")
    (root / "var/www/html").mkdir(parents=True)
    with (etc / "apache2.conf").open("a") as main:
        main.write("\nServerName localhost\n<Directory /var/www/html>\n    AllowOverride All\n</Directory>\n")
        main.write("DocumentRoot /var/www/html\n")
    for site in (etc / "sites-enabled").iterdir():
        site.unlink()


def _fill(directory: Path, source: Path) -> None:
    """The same names as in the package: whether a file is there, and the .htaccess files below, matter to rules."""
    for path in sorted(source.rglob("*")):
        place = directory / path.relative_to(source)
        if path.is_dir() and not path.is_symlink():
            place.mkdir(parents=True, exist_ok=True)
        elif path.name == ".htaccess" and path.is_file():
            place.write_bytes(path.read_bytes())
        elif path.name != ".htaccess":
            place.touch()


def _there(load: Path) -> bool:
    """Whether the module that the file loads is installed."""
    return all(Path(path).is_file() for path in re.findall(r"^LoadModule \S+ (\S+)", load.read_text(), re.MULTILINE))


def _lint(root: Path) -> list[dict[str, Any]]:
    line = [str(Path(sys.executable).with_name("safedeploy")), "lint", str(root), "--json"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 4):
        raise SystemExit(done.stdout + done.stderr)
    findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return findings


def _httpd(root: Path, target: Path) -> str:
    """What httpd complains of. An .htaccess is put in a <Directory> for it, since it reads one only for a request."""
    etc = root / "etc/apache2"
    if target.name == ".htaccess":
        inner = f"<Directory /var/www/html>\n{target.read_text(errors='surrogateescape')}\n</Directory>\n"
        (etc / "conf-enabled/zz-htaccess.conf").write_text(inner, errors="surrogateescape")
    line = ["apache2ctl", "-t"]
    done = subprocess.run(
        line,
        env={"PATH": "/usr/sbin:/usr/bin:/bin", "APACHE_CONFDIR": str(etc)},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else " ".join(done.stderr.split())[:200]


if __name__ == "__main__":
    sys.exit(main())
