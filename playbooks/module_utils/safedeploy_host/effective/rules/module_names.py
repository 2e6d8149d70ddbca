"""Modules that exist, loaded here or not, without `mod_`: those of httpd 2.2 and 2.4, and widespread others."""

from __future__ import annotations

_OF_HTTPD = """
access access_compat actions alias allowmethods asis auth auth_anon auth_basic auth_dbm auth_digest auth_form
authn_alias authn_anon authn_core authn_dbd authn_dbm authn_default authn_file authn_socache authnz_fcgi authnz_ldap
authz_core authz_dbd authz_dbm authz_default authz_groupfile authz_host authz_owner authz_user autoindex brotli buffer
cache cache_disk cache_socache cern_meta cgi cgid charset_lite data dav dav_fs dav_lock dbd deflate dialup dir
disk_cache dumpio echo env expires ext_filter file_cache filter headers heartbeat heartmonitor http http2 ident
imagemap imap include info isapi journald lbmethod_bybusyness lbmethod_byrequests lbmethod_bytraffic
lbmethod_heartbeat ldap log_agent log_config log_debug log_forensic log_referer logio lua macro md mem_cache mime
mime_magic mpm_event mpm_itk mpm_netware mpm_prefork mpm_winnt mpm_worker negotiation privileges proxy proxy_ajp
proxy_balancer proxy_connect proxy_express proxy_fcgi proxy_fdpass proxy_ftp proxy_hcheck proxy_html proxy_http
proxy_http2 proxy_scgi proxy_uwsgi proxy_wstunnel ratelimit reflector remoteip reqtimeout request rewrite sed session
session_cookie session_crypto session_dbd setenvif slotmem_plain slotmem_shm so socache_dbm socache_dc
socache_memcache socache_redis socache_shmcb speling ssl ssl_ct status substitute suexec systemd tls unique_id unixd
userdir usertrack version vhost_alias watchdog xml2enc
"""
_OF_OTHERS = """
auth_cas auth_gssapi auth_kerb auth_mellon auth_mysql auth_openid auth_openidc auth_pam auth_pgsql auth_pubtkt
auth_tkt authnz_external authnz_pam authz_svn authz_unixgroup bw cband cloudflare dav_svn encoding evasive evasive20
evasive24 fastcgi fcgid geoip gnutls jk lookup_identity lsapi maxminddb nss pagespeed passenger perl php php3 php4
php5 php5.6 php7 php7.0 php7.1 php7.2 php7.3 php7.4 php8 php8.0 php8.1 php8.2 php8.3 php8.4 proxy_protocol python qos
rpaf ruid2 scgi security security2 security3 shib shib_22 shib_24 shib2 spdy suphp svn uwsgi webauth wsgi xsendfile
"""

MODULES = frozenset((_OF_HTTPD + _OF_OTHERS).split())
