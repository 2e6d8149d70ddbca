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

    That is in a section of which nothing is known, such as <Perl>, or under an <IfModule> for such a module.
    """
    if any(directives.find(one.directive.name, section=True) is None for one in statement.context.sections):
        return True
    asked = [guard.argument for guard in statement.guards if guard.key == "ifmodule" and not guard.negated]
    sources = {module.source for module in modules.modules()}
    return any(name not in sources and modules.find(identifier(name)) is None for name in asked)
