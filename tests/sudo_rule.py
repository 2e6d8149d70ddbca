"""The rule of SECURITY.md for the agent alone, made from the line that safedeploy and its plugins really send."""

from __future__ import annotations

from safedeploy.core.remote_line import stored_line

ANSIBLE = "(echo BECOME-SUCCESS-[a-z]{32} ; )?"
MARKER, AGENT, COMMAND = "MARKER", "AGENT", "COMMAND"


def sudo_rule(user: str, *, state_dir: str = "/var/lib/safedeploy", python: str | None = None) -> str:
    """One line of sudoers(5). A regular expression, for a wildcard would match `agent/../../../tmp/other` too."""
    line = stored_line(marker=MARKER, agent=AGENT, command=COMMAND, python=python)
    text = "".join(f"\\{letter}" if letter in r".$()|*+?{}[]\^" else letter for letter in line)
    text = text.replace(MARKER, "safedeploy:[0-9a-f]{16}").replace(COMMAND, "[a-z-]+")
    text = text.replace(AGENT, f"{state_dir.replace('.', '[.]')}/agent/[0-9a-f]{{64}}\\.pyz")
    return f"{user} ALL=(root) NOPASSWD: /bin/sh ^-c {ANSIBLE}{text}$\n"
