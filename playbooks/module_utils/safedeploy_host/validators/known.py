"""The validators that are known, as data: which files they judge, how they are asked, and how their service reloads.

Nothing is imported here and nothing is run, so that the control machine can read this very file to tell what happens.
`source` is the manual page that documents the command. What a validator does not see (a port that is taken, a log that
cannot be written) is for the service's reload to show.

    paths      globs of the files that the service reads: `*` stays in a directory, `**` does not
    whole      steps that judge all files of the service in their places; each step is a list of alternatives, of which
               the first that is installed and has the options is taken
    file       steps that judge one file, `{file}`; used for a file elsewhere that names this validator. Without `whole`
               they are used for every file
    instead    pattern of a path -> what `{file}` stands for instead of it
    each       globs of the files that `whole` may not see, so that they are judged by `file` as well
    alone      globs of the files that mean something without the rest of the host, so that a copy can be judged
    version    a pattern whose group in the path stands for `{version}` in commands and service names
    root       whether only root can ask
    makes      directories that the service's start makes, and without which the validator fails
    writes     directories that the validator writes to: seen privately while it looks at a candidate
    only       the start of a command -> a path without which that alternative is not taken
    harmless   a pattern of output lines that say nothing against the file although the exit code does
    proof      a pattern that must be in the output of a good run
    telling    a pattern of the output lines that are worth showing, where there are many others
    unread     directory -> a pattern of the file names there that the service does not read
    reload     the command that makes the service take the files, where it is no service of its own
    services   names of the service, the first that the host has; without it there is nothing to reload
    verb       `reload`, or `restart` where the service has no reload
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

_UNITS = [
    f"/{place}/systemd/system/*.{kind}"
    for place in ("etc", "usr/local/lib")
    for kind in ("service", "socket", "timer", "path", "mount", "automount", "target", "slice", "swap")
]

KNOWN: dict[str, Json] = {
    "nginx": {
        "paths": ["/etc/nginx/**"],
        "whole": [["nginx -t"]],
        "file": [["nginx -t -c {file}"]],
        "root": True,
        "writes": ["/var/log/nginx", "/var/lib/nginx"],
        "services": ["nginx"],
        "source": "nginx(8): -t",
    },
    "haproxy": {
        "paths": ["/etc/haproxy/**"],
        "whole": [["haproxy -c -f /etc/haproxy/haproxy.cfg"]],
        "file": [["haproxy -c -f {file}"]],
        "alone": ["/etc/haproxy/haproxy.cfg"],
        "telling": r"ALERT|WARNING",
        "services": ["haproxy"],
        "source": "haproxy(1): -c",
    },
    "php-fpm": {
        "paths": ["/etc/php/*/fpm/**", "/etc/php-fpm.conf", "/etc/php-fpm.d/**"],
        "version": r"^/etc/php/([0-9.]+)/",
        "whole": [["php-fpm{version} -t", "php-fpm -t"]],
        "file": [["php-fpm{version} -t -y {file}", "php-fpm -t -y {file}"]],
        "root": True,
        "writes": ["/var/log"],
        "makes": ["/run/php"],
        "services": ["php{version}-fpm", "php-fpm"],
        "source": "php-fpm(8): -t",
    },
    "php": {
        "paths": ["**.php"],
        "file": [["php -l {file}"]],
        "alone": ["**"],
        "source": "php(1): -l",
    },
    "sshd": {
        "paths": ["/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*.conf"],
        "whole": [["sshd -t"]],
        "file": [["sshd -t -f {file}"]],
        "root": True,
        "makes": ["/run/sshd"],
        "services": ["ssh", "sshd"],
        "source": "sshd(8): -t",
    },
    "sudo": {
        "paths": ["/etc/sudoers", "/etc/sudoers.d/**"],
        "whole": [["visudo -c"]],
        "file": [["visudo -c -f {file}"]],
        "alone": ["**"],
        "root": True,
        "unread": {"/etc/sudoers.d": r"\.|~$"},
        "source": "visudo(8): -c",
    },
    "named": {
        "paths": ["/etc/bind/**", "/etc/named.conf", "/etc/named/**", "/etc/named.*"],
        "whole": [["named-checkconf -z"]],
        "file": [["named-checkconf {file}"]],
        "services": ["named", "bind9"],
        "source": "named-checkconf(8): -z",
    },
    "unbound": {
        "paths": ["/etc/unbound/**"],
        "whole": [["unbound-checkconf"]],
        "file": [["unbound-checkconf {file}"]],
        "services": ["unbound"],
        "source": "unbound-checkconf(8)",
    },
    "dnsmasq": {
        "paths": ["/etc/dnsmasq.conf", "/etc/dnsmasq.d/**"],
        "whole": [["dnsmasq --test"]],
        "file": [["dnsmasq --test --conf-file={file}"]],
        # Debian's start names the directory on the command line, and the configuration need not.
        "each": ["/etc/dnsmasq.d/**"],
        "alone": ["/etc/dnsmasq.d/**"],
        "services": ["dnsmasq"],
        "verb": "restart",
        "source": "dnsmasq(8): --test",
    },
    "logrotate": {
        "paths": ["/etc/logrotate.conf", "/etc/logrotate.d/**"],
        "whole": [["logrotate -d /etc/logrotate.conf"]],
        "file": [["logrotate -d {file}"]],
        "alone": ["/etc/logrotate.d/**"],
        "telling": r"^error:|^warning:(?! logrotate in debug mode)",
        # A log that is not there yet fails the run; the file is right for all that.
        "harmless": r"^error: stat of .* failed: No such file or directory$",
        "unread": {"/etc/logrotate.d": r"(\.(dpkg-\w+|rpm\w+|ucf-\w+|disabled|bak|swp|cfsaved|taboo.*)|~|,v)$"},
        "source": "logrotate(8): -d",
    },
    "cron": {
        "paths": ["/etc/crontab", "/etc/cron.d/*", "/var/spool/cron/**"],
        # cronie has -T; Debian's cron has -n, which means something else to cronie: hence the proof.
        "file": [["crontab -T {file}", "crontab -n {file}"]],
        "only": {"crontab -n": "/etc/debian_version"},
        "alone": ["**"],
        "writes": ["/var/spool"],
        "proof": r"successfully checked|[Nn]o syntax issues",
        "unread": {"/etc/cron.d": r"[^A-Za-z0-9_-]"},
        "source": "crontab(1) of cronie: -T; crontab(1) of Debian: -n",
    },
    "systemd": {
        "paths": [*_UNITS, *(f"{unit}.d/*.conf" for unit in _UNITS)],
        "file": [["systemd-analyze verify --man=no --recursive-errors=no {file}", "systemd-analyze verify {file}"]],
        # A drop-in is judged with its unit, which systemd-analyze finds by its name.
        "instead": {r"^.*/([^/]+)\.d/[^/]+\.conf$": r"\1"},
        "alone": _UNITS,
        "reload": ["systemctl", "daemon-reload"],
        "source": "systemd-analyze(1): verify",
    },
    "rsyslog": {
        "paths": ["/etc/rsyslog.conf", "/etc/rsyslog.d/*.conf"],
        "whole": [["rsyslogd -N1"]],
        "telling": r"^(?!rsyslogd: (version|End of config))",
        "file": [["rsyslogd -N1 -f {file}"]],
        "services": ["rsyslog"],
        "verb": "restart",
        "source": "rsyslogd(8): -N",
    },
    "chrony": {
        "paths": ["/etc/chrony/**.conf", "/etc/chrony.conf", "/etc/chrony.d/*.conf"],
        "whole": [["chronyd -p"]],
        "file": [["chronyd -p -f {file}"]],
        "alone": ["**"],
        "telling": r"(?i)error|warn",
        "services": ["chrony", "chronyd"],
        "verb": "restart",
        "source": "chronyd(8): -p",
    },
    "postfix": {
        "paths": ["/etc/postfix/**"],
        "whole": [["postconf -n"], ["postfix check"]],
        "telling": r"(?i)fatal|error|warning",
        "root": True,
        "writes": ["/var/spool", "/var/lib"],
        "services": ["postfix"],
        "source": "postconf(1): -n; postfix(1): check",
    },
    "dovecot": {
        "paths": ["/etc/dovecot/**"],
        # Any one setting makes it read all of them; `doveconf -n` would print the configuration.
        "whole": [["doveconf protocols"]],
        "file": [["doveconf -c {file} protocols"]],
        "root": True,
        "services": ["dovecot"],
        "source": "doveconf(1)",
    },
    "squid": {
        "paths": ["/etc/squid/**"],
        "whole": [["squid -k parse"]],
        "file": [["squid -k parse -f {file}"]],
        "telling": r"FATAL|ERROR|WARNING|unrecognized|Bungled",
        "root": True,
        "services": ["squid"],
        "source": "squid(8): -k parse",
    },
    "varnish": {
        "paths": ["/etc/varnish/**.vcl"],
        "whole": [["varnishd -C -f /etc/varnish/default.vcl"]],
        "file": [["varnishd -C -f {file}"]],
        "telling": r"^(Message|Expected|Found|\(|Error|Unused|Undefined|Symbol)|VCL compilation failed",
        "writes": ["/var/lib/varnish"],
        "services": ["varnish"],
        "source": "varnishd(1): -C",
    },
    "lighttpd": {
        "paths": ["/etc/lighttpd/**"],
        "whole": [["lighttpd -tt -f /etc/lighttpd/lighttpd.conf"]],
        "file": [["lighttpd -tt -f {file}"]],
        "root": True,
        "services": ["lighttpd"],
        "source": "lighttpd(8): -tt",
    },
    "keepalived": {
        "paths": ["/etc/keepalived/**"],
        "whole": [["keepalived -t"]],
        "file": [["keepalived -t -f {file}"]],
        "root": True,
        "services": ["keepalived"],
        "source": "keepalived(8): -t",
    },
    "nftables": {
        "paths": ["/etc/nftables.conf", "/etc/nftables.d/**", "/etc/nftables/**"],
        "whole": [["nft -c -f /etc/nftables.conf", "nft -c -f /etc/sysconfig/nftables.conf"]],
        "file": [["nft -c -f {file}"]],
        "alone": ["/etc/nftables.conf"],
        "root": True,
        "services": ["nftables"],
        "source": "nft(8): -c",
    },
    "mysql": {
        "paths": ["/etc/mysql/**.cnf", "/etc/my.cnf", "/etc/my.cnf.d/*.cnf"],
        "whole": [["mysqld --validate-config"]],
        "root": True,
        "services": ["mysql", "mysqld", "mariadb"],
        "verb": "restart",
        "source": "MySQL Reference Manual, 'Server Configuration Validation': --validate-config, from 8.0.16",
    },
}
