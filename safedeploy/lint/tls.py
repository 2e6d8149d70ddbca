"""Which servers of a configuration speak TLS, with which certificates and keys. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.servers import Server, servers


@dataclass(frozen=True, kw_only=True, eq=False)
class Speaker:
    """A server in which `engine`, the SSLEngine that holds, says on."""

    server: Server = field(repr=False)
    engine: Statement

    @property
    def sure(self) -> bool:
        """Whether it surely speaks TLS."""
        hosts = self.server.host
        return self.engine.active is True and self.engine.certain and (hosts is None or hosts.active is True)

    def last(self, name: str) -> Statement | None:
        """The directive of a name (in lower case) that holds in it; None where there is none."""
        found = self.server.named(name)
        return found[-1] if found else None

    def pairs(self) -> Iterator[tuple[Statement, Statement]]:
        """Each SSLCertificateFile with the directive that names its key: itself where there is no other."""
        keys = self.server.named("sslcertificatekeyfile")
        for number, one in enumerate(self.server.named("sslcertificatefile")):
            yield one, keys[number] if number < len(keys) else one


def content(configuration: Configuration, statement: Statement) -> bytes | None:
    """The content of the file that a directive names; None where it is not known."""
    if not statement.certain or not statement.argument or "${" in statement.argument:
        return None
    return configuration.files.content(configuration.absolute(statement.argument))


def speakers(configuration: Configuration) -> Iterator[Speaker]:
    """Each server in which SSLEngine is on."""
    if configuration.module("ssl_module") is False:
        return
    for server in servers(configuration):
        found = server.named("sslengine")
        if found and found[-1].argument.lower() == "on":
            yield Speaker(server=server, engine=found[-1])
