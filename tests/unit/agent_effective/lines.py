"""Lines of a virtual host that cannot do what they say, each beside lines that can."""

from __future__ import annotations

# (kind, lines of the virtual host that are wrong, lines that are right)
IN_A_VIRTUAL_HOST: list[tuple[str, list[str], list[str]]] = [
    (
        "rewrite-engine-off",
        ["RewriteRule ^/a /b [R]"],
        ["RewriteEngine On", "RewriteRule ^/a /b [R]"],
    ),
    (
        "rewrite-never-matches",
        ["RewriteEngine On", "RewriteRule ^old$ /new [R]"],
        ["RewriteEngine On", "RewriteRule ^/old$ /new [R]", "RewriteRule !^x - [L]"],
    ),
    (
        "rewrite-never-matches",
        ["<Directory /d>", "RewriteEngine On", "RewriteRule ^/old$ /new [R]", "</Directory>"],
        ["<Directory /d>", "RewriteEngine On", "RewriteRule ^old$ /new [R]", "</Directory>"],
    ),
    (
        "variable-never-set",
        ["SetEnvIf Origin x CORS_OK", "Header set A b env=CORS_0K"],
        ["SetEnvIf Origin x CORS_OK", "Header set A b env=cors_ok"],
    ),
    (
        "variable-never-set",
        ["SetEnvIf Remote_Addr x dontlogg", "CustomLog /l combined env=!dontlog"],
        ["SetEnvIf Remote_Addr x dontlog", "CustomLog /l combined env=!dontlog"],
    ),
    (
        "variable-never-set",
        ["RewriteEngine On", "RewriteRule ^/a - [E=SEEN_IT:1]", "RewriteCond %{ENV:SEENIT} 1", "RewriteRule ^/b - [F]"],
        [
            "RewriteEngine On",
            "RewriteRule ^/a - [E=SEEN_IT:1]",
            "RewriteCond %{ENV:SEEN_IT} 1",
            "RewriteRule ^/b - [F]",
        ],
    ),
    (
        "pattern-matches-all",
        ['SetEnvIf Request_URI "^/health|" nolog'],
        ['SetEnvIf Request_URI "^/health$|^/ping$" nolog'],
    ),
    (
        "pattern-matches-all",
        ['RedirectMatch 301 "^/(a|b)||^/c" /d'],
        ['RedirectMatch 301 "^/(a|b|)$" /d'],
    ),
    (
        "pattern-never-matches",
        ['<FilesMatch "^/secret">', "Require all denied", "</FilesMatch>"],
        ['<FilesMatch "^secret">', "Require all denied", "</FilesMatch>"],
    ),
    (
        "line-without-effect",
        ["ProxyPass / http://10.0.0.9:9/", "ProxyPass /static/ !"],
        ["ProxyPass /static/ !", "ProxyPass / http://10.0.0.9:9/"],
    ),
    (
        "line-without-effect",
        ["ProxyPass /app http://10.0.0.9:9/app", "ProxyPass /app/admin http://10.0.0.8:9/admin"],
        ["ProxyPass /app http://10.0.0.9:9/app", "ProxyPass /app/admin http://10.0.0.9:9/app/admin"],
    ),
    (
        "line-without-effect",
        ["ProxyPass / http://10.0.0.9:9/", "Alias /tmp /tmp"],
        ["ProxyPass /tmp !", "ProxyPass / http://10.0.0.9:9/", "Alias /tmp /tmp"],
    ),
    (
        "line-without-effect",
        ["Redirect permanent / https://www.test/", "Alias /.well-known/acme-challenge/ /tmp/"],
        ['RedirectMatch "^/(?!\\.well-known/)(.*)" https://www.test/$1', "Alias /.well-known/acme-challenge/ /tmp/"],
    ),
    (
        "line-without-effect",
        ["Redirect /r http://one.test/", "Redirect /r/deep http://two.test/"],
        ["Redirect /r/deep http://two.test/", "Redirect /r http://one.test/"],
    ),
    (
        "line-without-effect",
        ["RewriteEngine On", "RewriteRule ^ https://www.test%{REQUEST_URI} [R=301,L]", "Alias /.well-known/ /tmp/"],
        [
            "RewriteEngine On",
            "RewriteCond %{REQUEST_URI} !^/.well-known/",
            "RewriteRule ^ https://www.test%{REQUEST_URI} [R=301,L]",
            "Alias /.well-known/ /tmp/",
        ],
    ),
    (
        "line-without-effect",
        ["<Location />", "ProxyPass http://10.0.0.9:9/", "</Location>", "Alias /tmp /tmp"],
        [
            "<Location />",
            "ProxyPass http://10.0.0.9:9/",
            "</Location>",
            "<Location /tmp>",
            "ProxyPass !",
            "</Location>",
            "Alias /tmp /tmp",
        ],
    ),
    (
        "limit-without-effect",
        ["ProxyPass / http://10.0.0.9:9/", "LimitRequestBody 1000"],
        ["ProxyPass /api http://10.0.0.9:9/api", "LimitRequestBody 1000"],
    ),
    (
        "limit-without-effect",
        ["ProxyPass /api http://10.0.0.9:9/api", "<Location /api>", "LimitRequestBody 10", "</Location>"],
        ["ProxyPass /api http://10.0.0.9:9/api", "<Location /up>", "LimitRequestBody 10", "</Location>"],
    ),
    (
        "protection-without-effect",
        ["ProxyPass / http://10.0.0.9:9/", "<Directory /tmp>", "Require ip 10.0.0.0/8", "</Directory>"],
        ["ProxyPass / http://10.0.0.9:9/", "<Location />", "Require ip 10.0.0.0/8", "</Location>"],
    ),
    (
        "protection-without-effect",
        ["<Location /private>", "Require all granted", "Require ip 10.0.0.0/8", "</Location>"],
        [
            "<Location /private>",
            "<RequireAll>",
            "Require all granted",
            "Require ip 10.0.0.0/8",
            "</RequireAll>",
            "</Location>",
        ],
    ),
    (
        "proxy-slash",
        ["ProxyPass / http://10.0.0.9:9"],
        ["ProxyPass /a http://10.0.0.9", "ProxyPass / http://10.0.0.9:9/"],
    ),
    (
        "proxy-slash",
        ["<Location /app/>", "ProxyPass http://10.0.0.9:9", "</Location>"],
        ["<Location /app/>", "ProxyPass unix:/tmp|http://localhost", "</Location>"],
    ),
    ("proxy-module-missing", ["ProxyPass /a fcgi://10.0.0.9:9/a"], ["ProxyPass /a ws://10.0.0.9:9/a"]),
    (
        "proxy-tls-off",
        ["ProxyPass /a https://10.0.0.9:9/a"],
        ["SSLProxyEngine On", "ProxyPass /a https://10.0.0.9:9/a"],
    ),
    ("error-document-as-text", ["ErrorDocument 404 errors/404.html"], ["ErrorDocument 404 /errors/404.html"]),
    ("error-document-as-text", ["ErrorDocument 404 404.html"], ['ErrorDocument 404 "Not here, see index.html"']),
    ("name-never-asked", ["ServerAlias a.test, b.test"], ["ServerAlias a.test *.b.test"]),
    ("open-proxy", ["ProxyRequests On"], ["ProxyRequests On", "<Proxy *>", "Require ip 10.0.0.0/8", "</Proxy>"]),
]
