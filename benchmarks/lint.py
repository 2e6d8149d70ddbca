"""How much processor time the linter takes for a large configuration: to read a new one, to read it again, to judge it.

    python benchmarks/lint.py [--files 1000] [--runs 5] [--json FILE]

The configuration is that of a server with as many virtual hosts as there are files, each a site of its own with a
proxy, rewrites, certificates and directories; every fifth file is an .htaccess.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

from safedeploy.core.lint_choice import LintProfile
from safedeploy.core.policy import Lint
from safedeploy.lint.engine import judge
from safedeploy.lint.facts import Facts
from safedeploy.lint.files import Files
from safedeploy.lint.resolve.resolve import resolve
from safedeploy.lint.syntax.parse import parse

ROOT = "/etc/apache2"
MAIN = """\
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
Define SITES /var/www
<Directory /var/www>
    AllowOverride All
    Require all granted
</Directory>
IncludeOptional sites-enabled/*.conf
"""
SITE = """\
# Site number {n}, as a template would make it.
<VirtualHost *:80>
    ServerName www{n}.example.test
    Redirect permanent / https://www{n}.example.test/
</VirtualHost>

<VirtualHost *:443>
    ServerName www{n}.example.test
    ServerAlias example{n}.test *.example{n}.test
    ServerAdmin "webmaster@example{n}.test"
    DocumentRoot ${{SITES}}/{n}
    ErrorLog ${{APACHE_LOG_DIR}}/{n}-error.log
    CustomLog ${{APACHE_LOG_DIR}}/{n}-access.log "%h %l %u %t \\"%r\\" %>s %b"
    SSLEngine on
    SSLCertificateFile /etc/ssl/certs/{n}.pem
    SSLCertificateKeyFile /etc/ssl/private/{n}.key
    <IfModule mod_headers.c>
        Header always set Strict-Transport-Security "max-age=31536000"
        Header always set Content-Security-Policy "default-src 'self'; \\
            img-src *"
    </IfModule>
    RewriteEngine On
    RewriteCond %{{REQUEST_FILENAME}} !-f
    RewriteCond %{{REQUEST_FILENAME}} !-d
    RewriteRule ^/old/(.*)$ /new/$1 [R=301,L]
    ProxyPass "/api/" "http://127.0.0.1:{port}/" timeout=30
    ProxyPassReverse "/api/" "http://127.0.0.1:{port}/"
    <Directory ${{SITES}}/{n}>
        Options -Indexes +FollowSymLinks
        <Files ".env">
            Require all denied
        </Files>
    </Directory>
    <Location /status>
        <RequireAny>
            Require ip 10.0.0.0/8
            Require host example{n}.test
        </RequireAny>
    </Location>
</VirtualHost>
"""
HTACCESS = "RewriteEngine On\nRewriteRule ^index\\.php$ - [L]\nRewriteRule . /index.php?site={n} [L]\n"


def main() -> int:
    """Measure and show; the exit code."""
    arguments = _arguments()
    files = _files(arguments.files)
    facts = Facts(environment={"APACHE_LOG_DIR": "/var/log/apache2"}, flags=frozenset())
    fresh, again, judged = [], [], []
    for _ in range(arguments.runs):
        parse.cache_clear()
        for times in (fresh, again):
            begun = time.process_time()
            found = resolve(files, facts)
            times.append(time.process_time() - begun)
        begun = time.process_time()
        report = judge(found, facts, Lint(profile=LintProfile.STRICT))
        judged.append(time.process_time() - begun)
    assert report.failed == ()
    assert found.problems == ()
    figures = {
        "files": arguments.files,
        "directives": len(found.statements),
        "hosts": len(found.hosts),
        "htaccess": len(found.htaccess),
        "fresh_s": round(statistics.median(fresh), 3),
        "again_s": round(statistics.median(again), 3),
        "rules_s": round(statistics.median(judged), 3),
    }
    print("\n".join(f"{name:12}{value}" for name, value in figures.items()))
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def _files(count: int) -> Files:
    contents = {f"{ROOT}/apache2.conf": MAIN.encode()}
    for n in range(count):
        if n % 5 == 0:
            contents[f"/var/www/{n}/.htaccess"] = HTACCESS.format(n=n).encode()
        else:
            contents[f"{ROOT}/sites-enabled/{n}.conf"] = SITE.format(n=n, port=8000 + n).encode()
    return Files(contents=contents, complete=frozenset({ROOT, "/var/www"}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
