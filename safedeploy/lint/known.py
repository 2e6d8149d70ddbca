"""Whether everything that may have directives is in the tables of knowledge, so that an unknown one is a mistake."""

from __future__ import annotations

from safedeploy.lint.facts import Facts
from safedeploy.lint.knowledge import directives, modules
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.modules import identifier
from safedeploy.lint.resolve.statement import Statement

# Modules from elsewhere whose directives have been the same for many years.
SETTLED = {"php_module", "wsgi_module", "fcgid_module", "evasive20_module", "xsendfile_module", "rpaf_module"}


def every_directive(configuration: Configuration, facts: Facts) -> bool:
    """Whether all loaded modules are known, and are no later than the tables."""
    if not configuration.modules_complete or (facts.version or (2, 4, 0)) > directives.VERSION:
        return False
    loaded = [name for name, state in configuration.modules.items() if state is not False]
    return all(
        (module := modules.find(name)) is not None and (module.package == "apache2" or name in SETTLED)
        for name in loaded
    )


def is_foreign(statement: Statement) -> bool:
    """Whether a directive stands where it may well be somebody else's: for a module that is not known.

    That is in a section of a module from elsewhere, such as <Perl>, or under an <IfModule> for one that is not known.
    """
    if any(_of_elsewhere(one.directive.name) for one in statement.context.sections):
        return True
    asked = [guard.argument for guard in statement.guards if guard.key == "ifmodule" and not guard.negated]
    sources = {module.source for module in modules.modules()}
    return any(name not in sources and modules.find(identifier(name)) is None for name in asked)


def _of_elsewhere(section: str) -> bool:
    """Whether no module that comes with httpd has this section: what stands in it need be no directive at all."""
    known = directives.find(section, section=True)
    if known is None:
        return True
    found = [modules.find(name) for name in known.modules]
    return bool(found) and all(module is None or module.package != "apache2" for module in found)
