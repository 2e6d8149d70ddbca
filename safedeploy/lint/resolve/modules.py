"""The spellings of a module, and which modules httpd has without loading them.

httpd knows a module by its identifier (`ssl_module`, LoadModule and IfModule) and by its source file (`mod_ssl.c`,
IfModule); people also say `ssl`. The two follow from each other but for a few.
"""

from __future__ import annotations

_BY_SOURCE = {
    "core.c": "core_module",
    "http_core.c": "http_module",
    "prefork.c": "mpm_prefork_module",
    "worker.c": "mpm_worker_module",
    "event.c": "mpm_event_module",
    "itk.c": "mpm_itk_module",
    "mpm_itk.c": "mpm_itk_module",
    "util_ldap.c": "ldap_module",
    "mod_apreq2.c": "apreq_module",
}

# Compiled in: what `apache2 -l` and `httpd -l` name on current releases.
STATIC = {
    "debian": frozenset(
        {
            "core_module",
            "so_module",
            "watchdog_module",
            "http_module",
            "log_config_module",
            "logio_module",
            "version_module",
            "unixd_module",
        }
    ),
    "redhat": frozenset({"core_module", "so_module", "http_module"}),
}


def identifier(name: str) -> str:
    """The identifier of a module from any of its spellings."""
    if name in _BY_SOURCE:
        return _BY_SOURCE[name]
    if name.endswith("_module"):
        return name
    return name.removeprefix("mod_").partition(".c")[0] + "_module"


def from_condition(name: str) -> tuple[str | None, bool]:
    """What IfModule asks for: the identifier, and whether the module surely has it.

    There is no identifier for what no module is called, such as `ssl` or `mod_ssl`. The source files of a few modules
    from elsewhere are named otherwise than their identifiers; one that is not called `mod_<name>.c` may be any.
    """
    if name in _BY_SOURCE or name.endswith("_module"):
        return identifier(name), True
    if name.endswith((".c", ".cc", ".cpp")):
        return identifier(name), name.startswith("mod_")
    return None, True
