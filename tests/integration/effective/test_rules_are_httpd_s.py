"""What the rules take for granted of httpd, measured on a running one: each fact beside the rule that rests on it."""

from __future__ import annotations

import http.client
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from safedeploy_host.effective import configuration
from safedeploy_host.effective.concerns import concerns

from tests.apache_fixture import Apache

pytestmark = pytest.mark.apache

GLOBAL = """
RewriteEngine On
RewriteMap low int:tolower
RewriteRule ^/everywhere - [F]
AllowEncodedSlashes NoDecode
"""
# (site, its lines, request, status and start of the body or redirect, the kind of what a rule says of the lines)
FACTS: list[tuple[str, str, str, str, str | None]] = [
    ("inherit.test", "", "/everywhere", "404", "not-inherited"),
    ("inherited.test", "RewriteOptions Inherit", "/everywhere", "403", None),
    ("slashes.test", "", "/a%2Fb", "404 not found by httpd itself", "not-inherited"),
    ("map.test", "RewriteRule ^/(.*)$ /x${{low:$1}}y [R]", "/ABC", "302 http://map.test/xy", "not-inherited"),
    ("engine.test", "RewriteRule ^/f - [F]", "/f", "403", None),
    ("slash.test", "RewriteRule ^f\\.txt$ - [F]", "/f.txt", "200", "rewrite-never-matches"),
    (
        "directory.test",
        "<Directory {root}>\nRewriteEngine On\nRewriteRule ^/f - [F]\n</Directory>",
        "/f.txt",
        "200",
        "rewrite-never-matches",
    ),
    (
        "filetest.test",
        "RewriteCond %{{REQUEST_FILENAME}} -f\nRewriteRule ^/f - [F]",
        "/f.txt",
        "200",
        "rewrite-file-test",
    ),
    ("exception.test", "ProxyPass / {backend}/\nProxyPass /f.txt !", "/f.txt", "200 backend", "line-without-effect"),
    ("redirect.test", "ProxyPass / {backend}/\nRedirect /old http://x/", "/old", "200 backend", "line-without-effect"),
    ("alias.test", "ProxyPass / {backend}/\nAlias /al {root}/", "/al/f.txt", "200 backend", "line-without-effect"),
    ("rewrite.test", "RewriteRule ^/r - [G]\nProxyPass / {backend}/", "/r", "410", None),
    (
        "wellknown.test",
        "Alias /.well-known/ {root}/\nRedirect / http://x/",
        "/.well-known/f.txt",
        "302",
        "line-without-effect",
    ),
    (
        "redirects.test",
        "Redirect /r http://one/\nRedirect /r/deep http://two/",
        "/r/deep",
        "302 http://one/",
        "line-without-effect",
    ),
    (
        "location.test",
        "<Location />\nProxyPass {backend}/\n</Location>\nAlias /al {root}/",
        "/al/f.txt",
        "200 backend",
        "line-without-effect",
    ),
    ("body.test", "ProxyPass / {backend}/\nLimitRequestBody 3", "/body", "200 backend", "limit-without-effect"),
    (
        "section.test",
        "ProxyPass / {backend}/\n<Directory {root}>\nRequire all denied\n</Directory>",
        "/x",
        "200 backend",
        "protection-without-effect",
    ),
    (
        "granted.test",
        "<Location />\nRequire all granted\nRequire ip 192.0.2.1\n</Location>",
        "/f.txt",
        "200",
        "protection-without-effect",
    ),
    ("text.test", "ErrorDocument 404 errors/404.html", "/nowhere", "404 errors/404.html", "error-document-as-text"),
    ("files.test", '<FilesMatch "^/f">\nRequire all denied\n</FilesMatch>', "/f.txt", "200", "pattern-never-matches"),
    ("glued.test", "Alias /al/ {root}", "/al/f.txt", "404", "alias-slash"),
    ("nothing.test", "ProxyPass / {backend}", "/x", "500", "proxy-slash"),
    ("module.test", "ProxyPass / fcgi://127.0.0.1:9/", "/x", "500", "proxy-module-missing"),
    ("tls.test", "ProxyPass / https://127.0.0.1:9/", "/x", "500", "proxy-tls-off"),
    ("comma.test", "ServerAlias first.test, second.test", "/f.txt", "200", "name-never-asked"),
]


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int
    text: str


class Backend(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Length", "7")
        self.end_headers()
        self.wfile.write(b"backend")

    def log_message(self, *_arguments: object) -> None:
        return


@pytest.fixture(scope="module")
def backend() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def ask(apache: Apache, name: str, path: str) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", apache.port, timeout=10)
    try:
        connection.request("GET", path, body=b"12345" if path == "/body" else None, headers={"Host": name})
        response = connection.getresponse()
        return Reply(status=response.status, text=response.getheader("Location") or response.read().decode())
    finally:
        connection.close()


@pytest.fixture
def serving(apache: Apache, backend: str) -> Apache:
    root = apache.root / "www/www.example.test"
    (root / "f.txt").write_text("file\n")
    apache.enable("rewrite", "proxy", "proxy_http")
    apache.write("conf-enabled/global.conf", GLOBAL)
    for name, lines, *_ in FACTS:
        text = lines.format(root=root, backend=backend)
        apache.write(
            f"sites-enabled/{name}.conf",
            f"<VirtualHost *:{apache.port}>\nServerName {name}\nDocumentRoot {root}\n{text}\n</VirtualHost>\n",
        )
    apache.start()
    return apache


def test_httpd_does_what_the_rules_say_that_it_does(serving: Apache) -> None:
    wrong = []
    for name, _, path, expected, _ in FACTS:
        status, _, text = expected.partition(" ")
        reply = ask(serving, name, path)
        if reply.status != int(status) or (text and "itself" not in text and not reply.text.startswith(text)):
            wrong.append((name, path, expected, reply))

    assert not wrong, "\n".join(map(str, wrong))


def test_the_rules_say_it_of_these_lines_and_of_no_others(serving: Apache) -> None:
    candidate = configuration.read(serving.site)
    (serving.etc / "conf-enabled/global.conf").write_text("RewriteEngine On\n")
    for name, *_ in FACTS:
        (serving.etc / f"sites-enabled/{name}.conf").unlink()
    live = configuration.read(serving.site)

    found = [one for one in concerns(serving.site, live, candidate, {}) if one["severity"] == "error"]

    said = {(one["kind"], one["place"].rpartition("/")[2].rpartition(".conf")[0]) for one in found}
    expected = {(kind, name) for name, _, _, _, kind in FACTS if kind and name not in ("inherit.test", "slashes.test")}
    # Here a virtual host inherits the rule, so it has an effect after all; AllowEncodedSlashes has none.
    assert said == expected | {("not-inherited", "global")}
