"""In which kinds of sections something stands, in the words of the knowledge of directives. Pure."""

from __future__ import annotations

from safedeploy.lint.knowledge.directives import Known
from safedeploy.lint.resolve.statement import Context

# Sections that httpd treats alike. What is in none of these (sections of third parties) is not judged.
KINDS = {
    "virtualhost": "vhost",
    "directory": "directory",
    "directorymatch": "directory",
    "location": "location",
    "locationmatch": "location",
    "files": "files",
    "filesmatch": "files",
    "if": "if",
    "elseif": "if",
    "else": "if",
    "proxy": "proxy",
    "proxymatch": "proxy",
    "limit": "limit",
    "limitexcept": "limit",
}
# Sections that only group requirements: what holds around them holds in them.
TRANSPARENT = {"requireall", "requireany", "requirenone"}
SHOWN = {
    "server": "outside of all sections",
    "vhost": "<VirtualHost>",
    "directory": "<Directory>",
    "location": "<Location>",
    "files": "<Files>",
    "if": "<If>",
    "proxy": "<Proxy>",
    "limit": "<Limit>",
}


def offender(known: Known, context: Context) -> str | None:
    """The section, as it is written, because of which httpd does not take a directive here; None when it does.

    Sections of which nothing is known are taken to accept everything. Outside of all sections it is the empty text.
    """
    sections = [section for section in context.sections if section.key not in TRANSPARENT]
    if any(section.key not in KINDS for section in sections):
        return None
    if not sections:
        return None if "server" in known.places else ""
    # A virtual host takes what stands in a section of it; <Limit> was only tried inside <Directory>.
    judged = [section for section in sections if KINDS[section.key] != "vhost"] or sections
    for section in judged:
        kind = KINDS[section.key]
        if kind not in known.places and not (kind == "limit" and "directory" not in known.places):
            return f"<{section.directive.name}>"
    return None


def allowed(known: Known) -> str:
    """Where a directive may stand, in words."""
    shown = [text for kind, text in SHOWN.items() if kind in known.places]
    return ", ".join(shown) if shown else "nowhere on this system"
