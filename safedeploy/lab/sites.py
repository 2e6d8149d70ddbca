"""The three web sites that every lab host serves before safedeploy ever comes near it. Pure: texts only.

www is static, with TLS, and redirects plain HTTP; app has its routing in .htaccess; api is a reverse proxy to the small
backend. Every page says which host served it.
"""

from __future__ import annotations

from safedeploy.lab.host import LabHost
from safedeploy.lab.names import DOMAIN


def _www(host: LabHost) -> str:
    layout = host.layout
    port = "" if host.https_port == 443 else f":{host.https_port}"
    return f"""\
<VirtualHost *:{host.http_port}>
    ServerName www.{DOMAIN}
    Redirect permanent / https://www.{DOMAIN}{port}/
    ErrorLog ${{APACHE_LOG_DIR}}/www_error.log
    CustomLog ${{APACHE_LOG_DIR}}/www_access.log combined
</VirtualHost>

<VirtualHost *:{host.https_port}>
    ServerName www.{DOMAIN}
    DocumentRoot {layout.www_root}/www
    SSLEngine on
    SSLCertificateFile {layout.certificate}
    SSLCertificateKeyFile {layout.key}
    ErrorLog ${{APACHE_LOG_DIR}}/www_error.log
    CustomLog ${{APACHE_LOG_DIR}}/www_access.log combined
</VirtualHost>
"""


def _app(host: LabHost) -> str:
    root = f"{host.layout.www_root}/app"
    return f"""\
<VirtualHost *:{host.http_port}>
    ServerName app.{DOMAIN}
    DocumentRoot {root}
    <Directory {root}>
        Options FollowSymLinks
        AllowOverride FileInfo
        Require all granted
    </Directory>
    ErrorLog ${{APACHE_LOG_DIR}}/app_error.log
    CustomLog ${{APACHE_LOG_DIR}}/app_access.log combined
</VirtualHost>
"""


def _api(host: LabHost) -> str:
    return f"""\
<VirtualHost *:{host.http_port}>
    ServerName api.{DOMAIN}
    ProxyRequests Off
    ProxyPreserveHost On
    ProxyPass /server-status !
    ProxyPass / http://127.0.0.1:{host.backend_port}/
    ProxyPassReverse / http://127.0.0.1:{host.backend_port}/
    ErrorLog ${{APACHE_LOG_DIR}}/api_error.log
    CustomLog ${{APACHE_LOG_DIR}}/api_access.log combined
</VirtualHost>
"""


HTACCESS = """\
# Routing of the application: two pages, items by number, and 404 for everything else.
RewriteEngine On
RewriteBase /
RewriteRule ^about/?$ about.html [L]
RewriteRule ^item/([0-9]+)$ item.html [L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteRule ^(?!index\\.html$).+$ - [R=404,L]
ErrorDocument 404 /notfound.html
"""


def page(host: LabHost, title: str) -> str:
    """A page that says what it is and who served it."""
    return f"<!doctype html>\n<title>{title}</title>\n<h1>{title}</h1>\n<p>served by {host.name}</p>\n"


def site_files(host: LabHost) -> dict[str, str]:
    """Name in sites-available -> content."""
    return {"www.conf": _www(host), "app.conf": _app(host), "api.conf": _api(host)}


def documents(host: LabHost) -> dict[str, str]:
    """Path below the web root -> content."""
    return {
        "html/index.html": page(host, "default site"),
        "www/index.html": page(host, f"www.{DOMAIN}"),
        "www/about.html": page(host, f"About www.{DOMAIN}"),
        "app/.htaccess": HTACCESS,
        "app/index.html": page(host, f"app.{DOMAIN}"),
        "app/about.html": page(host, f"About app.{DOMAIN}"),
        "app/item.html": page(host, f"An item of app.{DOMAIN}"),
        "app/notfound.html": page(host, "No such page"),
    }
