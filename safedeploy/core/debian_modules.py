"""The module table of Debian's apache2 package: which modules have a .conf beside the .load, and what a2enmod knows.

Generated from the package apache2 2.4 of Debian 12; a test compares it with the installed package. Modules of other
packages (PHP, WSGI, ModSecurity) are not in it: they are enabled with a link of their own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Module:
    """What enabling a module takes: a .conf link too, and other modules; `conflicts` are those it excludes."""

    conf: bool = False
    depends: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


_PLAIN = """
    allowmethods authn_anon authn_core authn_dbm authn_file authn_socache authnz_fcgi authz_core authz_owner brotli
    buffer cache cern_meta cgi charset_lite data dav dav_lock dbd dialup dump_io echo env expires ext_filter filter
    headers heartbeat heartmonitor ident imagemap log_debug log_forensic lua macro md reflector remoteip request
    rewrite sed session slotmem_plain slotmem_shm socache_dbm socache_memcache socache_redis socache_shmcb speling
    substitute suexec unique_id usertrack vhost_alias xml2enc
"""

DEBIAN_MODULES: dict[str, Module] = {
    "access_compat": Module(depends=("authn_core",)),
    "actions": Module(conf=True),
    "alias": Module(conf=True),
    "asis": Module(depends=("mime",)),
    "auth_basic": Module(depends=("authn_core",)),
    "auth_digest": Module(depends=("authn_core",)),
    "auth_form": Module(depends=("session", "authn_core")),
    "authn_dbd": Module(depends=("dbd",)),
    "authnz_ldap": Module(depends=("ldap",)),
    "authz_dbd": Module(depends=("dbd", "authz_core")),
    "authz_dbm": Module(depends=("authz_core",)),
    "authz_groupfile": Module(depends=("authz_core",)),
    "authz_host": Module(depends=("authz_core",)),
    "authz_user": Module(depends=("authz_core",)),
    "autoindex": Module(conf=True),
    "cache_disk": Module(conf=True, depends=("cache",)),
    "cache_socache": Module(depends=("cache",)),
    "cgid": Module(conf=True),
    "dav_fs": Module(conf=True, depends=("dav",)),
    "deflate": Module(conf=True, depends=("filter",)),
    "dir": Module(conf=True),
    "file_cache": Module(depends=("cache",)),
    "http2": Module(conf=True),
    "include": Module(depends=("mime",)),
    "info": Module(conf=True),
    "lbmethod_bybusyness": Module(depends=("proxy_balancer",)),
    "lbmethod_byrequests": Module(depends=("proxy_balancer",)),
    "lbmethod_bytraffic": Module(depends=("proxy_balancer",)),
    "lbmethod_heartbeat": Module(depends=("proxy_balancer",)),
    "ldap": Module(conf=True),
    "mime": Module(conf=True),
    "mime_magic": Module(conf=True),
    "mpm_event": Module(conf=True, conflicts=("mpm_worker", "mpm_prefork")),
    "mpm_prefork": Module(conf=True, conflicts=("mpm_event", "mpm_worker")),
    "mpm_worker": Module(conf=True, conflicts=("mpm_event", "mpm_prefork")),
    "negotiation": Module(conf=True),
    "proxy": Module(conf=True),
    "proxy_ajp": Module(depends=("proxy",)),
    "proxy_balancer": Module(conf=True, depends=("proxy", "alias", "slotmem_shm")),
    "proxy_connect": Module(depends=("proxy",)),
    "proxy_express": Module(depends=("proxy",)),
    "proxy_fcgi": Module(depends=("proxy",)),
    "proxy_fdpass": Module(depends=("proxy",)),
    "proxy_ftp": Module(conf=True, depends=("proxy",)),
    "proxy_hcheck": Module(depends=("proxy",)),
    "proxy_html": Module(conf=True, depends=("proxy", "xml2enc")),
    "proxy_http": Module(depends=("proxy",)),
    "proxy_http2": Module(depends=("proxy", "http2")),
    "proxy_scgi": Module(depends=("proxy",)),
    "proxy_uwsgi": Module(depends=("proxy",)),
    "proxy_wstunnel": Module(depends=("proxy",)),
    "ratelimit": Module(depends=("env",)),
    "reqtimeout": Module(conf=True),
    "session_cookie": Module(depends=("session",)),
    "session_crypto": Module(depends=("session",)),
    "session_dbd": Module(depends=("session",)),
    "setenvif": Module(conf=True),
    "ssl": Module(conf=True, depends=("setenvif", "mime", "socache_shmcb")),
    "status": Module(conf=True),
    "userdir": Module(conf=True),
    **{name: Module() for name in _PLAIN.split()},
}

# What the package's postinst enables on a fresh host.
DEFAULT_MODULES = (
    "access_compat", "alias", "auth_basic", "authn_core", "authn_file", "authz_core", "authz_host", "authz_user",
    "autoindex", "deflate", "dir", "env", "filter", "mime", "mpm_event", "negotiation", "reqtimeout", "setenvif",
    "status",
)  # fmt: skip
DEFAULT_CONFS = ("charset", "localized-error-pages", "other-vhosts-access-log", "security", "serve-cgi-bin")
DEFAULT_SITES = ("000-default",)
