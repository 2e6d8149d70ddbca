"""The rules: each takes an effective configuration and the host, and yields what it raises. None changes anything."""

from __future__ import annotations

from . import (
    access,
    conditions,
    environment,
    inherited,
    missing,
    naming,
    order,
    patterns,
    places,
    proxied,
    proxying,
    rewriting,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

    from ..host import Host
    from ..raised import Raised

    Rule = Callable[[dict[str, Any], Host], Iterator[Raised]]

RULES: tuple[Rule, ...] = (
    access.mixed_requirements,
    access.document_as_text,
    access.open_forward_proxy,
    conditions.misspelled,
    environment.never_set,
    inherited.rewriting,
    inherited.encoded_slashes,
    inherited.maps,
    missing.paths,
    naming.unanswerable,
    naming.unreachable,
    naming.not_listened,
    naming.certificate_without_tls,
    order.covered,
    patterns.empty_branch,
    patterns.slash_in_a_file_name,
    places.directory_is_a_url,
    places.location_is_a_file,
    places.alias_without_slash,
    proxied.body_limit,
    proxied.directories,
    proxying.slash,
    proxying.reverse,
    proxying.scheme,
    proxying.tls,
    rewriting.engine_off,
    rewriting.never_matches,
    rewriting.file_tests,
)
