"""What stands in for the main configuration file where a tree does not have it: what each distribution's own does.

Only what decides how the rest is read, and who may see which directory. That somebody may have changed the real file
is known: a configuration that is read through a skeleton is never complete.
"""

from __future__ import annotations

SKELETONS = {
    "debian": """\
IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf
Include ports.conf
<Directory />
    Options FollowSymLinks
    AllowOverride None
    Require all denied
</Directory>
<Directory /usr/share>
    AllowOverride None
    Require all granted
</Directory>
<Directory /var/www/>
    Options Indexes FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>
AccessFileName .htaccess
<FilesMatch "^\\.ht">
    Require all denied
</FilesMatch>
IncludeOptional conf-enabled/*.conf
IncludeOptional sites-enabled/*.conf
""",
    "redhat": """\
Include conf.modules.d/*.conf
<Directory />
    AllowOverride None
    Require all denied
</Directory>
<Directory /var/www>
    AllowOverride None
    Require all granted
</Directory>
<Directory /var/www/html>
    Options Indexes FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>
<Files ".ht*">
    Require all denied
</Files>
IncludeOptional conf.d/*.conf
""",
}
