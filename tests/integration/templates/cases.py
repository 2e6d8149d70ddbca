"""Variable sets that the starter templates are tried with: the least that is required, everything, and both layouts.

`{root}` in a text stands for the private tree of the test; `{http}`, `{https}`, `{status}`, `{backend}` for free ports.
"""

from __future__ import annotations

from typing import Any

TLS = {"certificate": "{root}/tls/site.pem", "key": "{root}/tls/site.key"}
PORTS = {"http_port": "{http}", "https_port": "{https}"}
SITE = {"name": "www", "server_name": "www.example.com", "document_root": "{root}/www"}
API = {"name": "api", "server_name": "api.example.com"}
BACKEND = "http://127.0.0.1:{backend}"

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "a plain site with nothing but what is required": ("vhost.conf.j2", {"item": SITE}),
    "a TLS site with nothing but what is required": ("vhost.conf.j2", {"item": {**SITE, "tls": TLS}}),
    "a TLS site with everything": (
        "vhost.conf.j2",
        {
            "item": {
                **SITE,
                "aliases": ["example.com", "*.example.net"],
                "tls": TLS,
                "acme_root": "{root}/acme",
                "hsts_max_age": 300,
                "allow_override": "AuthConfig FileInfo Limit",
                "options": "-Indexes +FollowSymLinks",
                "index": "index.html index.php",
                "headers": {"X-Frame-Options": "DENY"},
                "log_format": "json",
                "extra": '<Location "/private">\n    Require all denied\n</Location>\n',
            }
        },
    ),
    "a site that answers on both ports": ("vhost.conf.j2", {"item": {**SITE, "tls": TLS, "redirect_to_tls": False}}),
    "a site in the layout of RHEL": ("vhost.conf.j2", {"item": {**SITE, "tls": TLS}, "safedeploy_layout": "redhat"}),
    "a proxy with one back end": (
        "proxy.conf.j2",
        {"item": {**API, "backends": [{"path": "/", "url": BACKEND}]}},
    ),
    "a TLS proxy with paths, exceptions and web sockets": (
        "proxy.conf.j2",
        {
            "item": {
                **API,
                "tls": TLS,
                "acme_root": "{root}/acme",
                "document_root": "{root}/www",
                "exclude": ["/static/"],
                "preserve_host": False,
                "edge": False,
                "backends": [
                    {"path": "/", "url": BACKEND, "timeout": 30, "connect_timeout": 2, "retry": 0},
                    {"path": "/live", "url": BACKEND + "/ws/", "websocket": True},
                    {"path": "/live/v2/", "url": BACKEND + "/v2"},
                ],
            }
        },
    ),
    "a proxy with members that are checked": (
        "proxy.conf.j2",
        {
            "item": {
                **API,
                "backends": [
                    {
                        "path": "/",
                        "members": [BACKEND, "http://127.0.0.1:{http}/"],
                        "health_uri": "/health",
                        "health_interval": 30,
                        "fail_on_status": [502, 503],
                        "balance": "bybusyness",
                        "websocket": True,
                    }
                ],
            }
        },
    ),
    "security headers as they come": ("security-headers.conf.j2", {}),
    "security headers of one's own": (
        "security-headers.conf.j2",
        {
            "security_headers": {"X-Frame-Options": "DENY"},
            "content_security_policy": "default-src 'self'; img-src 'self' data:",
            "blocked_files": ["\\.secret$"],
            "blocked_directories": ["private"],
        },
    ),
    "workers as they come": ("mpm-event.conf.j2", {}),
    "more workers than the default server limit allows": (
        "mpm-event.conf.j2",
        {"mpm_max_request_workers": 2048, "mpm_threads_per_child": 128, "mpm_max_connections_per_child": 10000},
    ),
    "the status page": ("status.conf.j2", {"status_port": "{status}"}),
    "the log formats": ("log-formats.conf.j2", {}),
    "a catch-all": ("default-site.conf.j2", {}),
    "a catch-all with TLS": ("default-site.conf.j2", {"default_site_tls": TLS, "default_site_status": 421}),
    "a catch-all in the layout of RHEL": ("default-site.conf.j2", {"safedeploy_layout": "redhat"}),
}

CONTRADICTIONS: dict[str, dict[str, Any]] = {
    "workers that threads do not divide": {"mpm_max_request_workers": 100, "mpm_threads_per_child": 30},
    "too low a server limit": {"mpm_max_request_workers": 400, "mpm_server_limit": 10},
    "no threads": {"mpm_threads_per_child": 0},
}

# What is served together by one server, and asked.
SERVED: dict[str, tuple[str, dict[str, Any]]] = {
    "served: catch-all": ("default-site.conf.j2", {"default_site_tls": TLS, "default_site_status": 421}),
    "served: www": (
        "vhost.conf.j2",
        {
            "item": {
                **SITE,
                "tls": TLS,
                "acme_root": "{root}/acme",
                "hsts_max_age": 300,
                "allow_override": "FileInfo",
                "headers": {"X-Frame-Options": "DENY"},
                "log_format": "json",
            }
        },
    ),
    "served: api": (
        "proxy.conf.j2",
        {
            "item": {
                **API,
                "document_root": "{root}/www",
                "exclude": ["/static/"],
                "backends": [
                    {"path": "/", "url": BACKEND, "retry": 0},
                    {"path": "/v2", "url": BACKEND + "/second"},
                    {"path": "/many/", "members": [BACKEND], "health_uri": "/health"},
                ],
            }
        },
    ),
    "served: security": ("security-headers.conf.j2", {}),
    "served: formats": ("log-formats.conf.j2", {}),
    "served: status": ("status.conf.j2", {"status_port": "{status}"}),
    "served: workers": ("mpm-event.conf.j2", {"mpm_max_request_workers": 50}),
    "served: .htaccess": (
        "htaccess.j2",
        {
            "app_routes": [{"pattern": "^item/([0-9]+)$", "to": "item.html"}],
            "app_entry": "front.html",
            "app_not_found": "/missing.html",
            "app_extra": "Header set X-Extra yes",
        },
    ),
}
