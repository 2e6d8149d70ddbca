"""A corpus of three cases and one site, in the format of benchmarks/catching/corpus.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[3] / "benchmarks" / "catch_rate.py"

SITE = """\
<VirtualHost *:80>
    ServerName www.example.test
    DocumentRoot /var/www/site
    <Directory /var/www/site>
        AllowOverride FileInfo
        Require all granted
    </Directory>
    CustomLog ${APACHE_LOG_DIR}/www.log combined
</VirtualHost>
"""
MODULES = ("alias", "authz_core", "authz_host", "dir", "mime", "mpm_event", "rewrite")
ROOT = {"id": "root", "tier": "smoke", "host": "www.example.test", "path": "/", "expect": {"status": 200}}
ABOUT = {
    "id": "about",
    "tier": "positive",
    "host": "www.example.test",
    "path": "/about.html",
    "expect": {"status": 200},
}


def measured(
    directories: pytest.TempPathFactory, *arguments: str
) -> tuple[subprocess.CompletedProcess[str], dict, Path]:
    """One run of the benchmark on it: the process, the JSON document, and the directory that it worked in."""
    place, work = directories.mktemp("corpus"), directories.mktemp("work")
    write(place)
    report = work / "report.json"
    done = subprocess.run(
        [sys.executable, str(PROGRAM), "--corpus", str(place), "--json", str(report), *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "TMPDIR": str(work)},
    )
    assert done.returncode == 0, done.stderr
    return done, json.loads(report.read_text()), work


def write(place: Path) -> None:
    """Make it: a syntax error, an .htaccess that configtest never reads, and a new page that is announced."""
    _put(place / "base/overlay/etc/apache2/sites-available/www.conf", SITE)
    _put(place / "base/overlay/etc/apache2/conf-available/name.conf", "ServerName web01.example.test\n")
    for page in ("index", "about"):
        _put(place / f"base/overlay/var/www/site/{page}.html", f"{page} page\n")
    _json(place / "base/base.json", {"mods": MODULES, "confs": ["name"], "sites": ["www"], "gen": []})
    _json(place / "base/probes.json", [ROOT, ABOUT])
    case = _case(place, "001-misspelt", "syntax")
    _put(case / "files/etc/apache2/sites-available/www.conf", SITE.replace("ServerName", "ServerNam"))
    case = _case(place, "002-htaccess", "runtime")
    _put(case / "files/var/www/site/.htaccess", "Options -Indexes\n")
    news = {**ROOT, "id": "news", "path": "/news.html"}
    case = _case(place, "003-new-page", "none", probes=[news], expect_after={"news": {"status": 200}})
    _put(case / "files/var/www/site/news.html", "news page\n")


def _case(place: Path, name: str, kind: str, **more: object) -> Path:
    number, _, slug = name.partition("-")
    _json(place / name / "case.json", {"id": number, "slug": slug, "expected": kind, "change": {}, **more})
    return place / name


def _json(path: Path, document: object) -> None:
    _put(path, json.dumps(document))


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
