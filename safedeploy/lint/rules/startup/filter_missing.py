"""A filter whose module is not loaded, or whose name is misspelled."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge.modules import advice, find
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

MODULES = {
    "deflate": "deflate_module",
    "inflate": "deflate_module",
    "brotli_compress": "brotli_module",
    "includes": "include_module",
    "substitute": "substitute_module",
    "sed": "sed_module",
    "rate_limit": "ratelimit_module",
    "proxy-html": "proxy_html_module",
    "xml2enc": "xml2enc_module",
    "buffer": "buffer_module",
}
ALIKE = 0.8


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each filter of a module that is not loaded; httpd refuses it in some directives and passes it over in others."""
    for statement, severity in reach.statements(configuration):
        if not statement.certain or statement.active is False:
            continue
        refused = statement.key in ("addoutputfilterbytype", "filterprovider")
        lowered = severity if refused else Severity.WARNING
        for name in _filters(statement):
            symbol = MODULES.get(name.lower())
            if symbol is not None and configuration.module(symbol) is False:
                text = advice(symbol)
                yield Hit(
                    at=statement,
                    message=f"the filter {name} is in mod_{symbol.removesuffix('_module')}, which is not loaded",
                    remedy=f"{text[0].upper()}{text[1:]}.",
                    severity=lowered,
                )
            elif symbol is None and (meant := get_close_matches(name.lower(), MODULES, n=1, cutoff=ALIKE)):
                yield Hit(
                    at=statement,
                    message=f"no module has a filter {name}",
                    remedy=f"Write {meant[0].upper()}.",
                    severity=lowered if _only_known(configuration) else Severity.WARNING,
                )


def _only_known(configuration: Configuration) -> bool:
    """Whether no module from elsewhere may have a filter of its own."""
    loaded = [symbol for symbol, state in configuration.modules.items() if state is not False]
    return configuration.modules_complete and all(find(symbol) is not None for symbol in loaded)


def _filters(statement: Statement) -> list[str]:
    words = statement.arguments
    if statement.key == "filterprovider":
        return list(words[1:2])
    if statement.key in (
        "addoutputfilterbytype",
        "addoutputfilter",
        "addinputfilter",
        "setoutputfilter",
        "setinputfilter",
    ):
        return [name.strip() for name in words[0].split(";")] if words else []
    return []


RULE = Rule(
    id="filter-missing",
    group="startup",
    severity=Severity.ERROR,
    title="A filter that no loaded module has",
    why="A filter such as DEFLATE is a name, and belongs to a module. `AddOutputFilterByType` with a name that no "
    "loaded module has keeps httpd from starting; `SetOutputFilter` and `AddOutputFilter` write a line into the error "
    "log for each request, and send the page as it is.",
    remedy="Load the module of the filter.",
    symptoms=(Symptom.NO_START, Symptom.NO_EFFECT),
    source="https://httpd.apache.org/docs/2.4/mod/mod_filter.html#addoutputfilterbytype",
    good=(
        Case(text="AddOutputFilterByType DEFLATE text/html\n"),
        Case(text="SetOutputFilter my-own-filter\n"),
        Case(
            text="<IfModule mod_deflate.c>\n    AddOutputFilterByType DEFLATE text/html\n</IfModule>\n",
            modules=("filter_module",),
        ),
    ),
    bad=(
        Case(text="AddOutputFilterByType DEFLATE text/html\n", modules=("filter_module",)),
        Case(text="SetOutputFilter INCLUDES\n", modules=("mime_module",)),
        Case(text="AddOutputFilterByType DEFLTAE text/html\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
