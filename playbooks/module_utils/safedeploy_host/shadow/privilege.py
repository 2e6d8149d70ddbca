"""What a shadow takes, and who has it: root with CAP_SYS_ADMIN, or a user who runs httpd as no other than himself."""

from __future__ import annotations

import os

from .. import namespaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .live import Live


class NoNamespaces(OSError):  # noqa: N818 -- a limit of the machine that callers go on with, not a fault
    """No shadow was booted: the machine or the user lacks what one is made of. The candidate is not at fault."""


def require(live: Live) -> None:
    """Raises NoNamespaces when a shadow of this server could not show what the server does."""
    if os.geteuid() != 0 and live.owners - {os.geteuid()}:
        raise NoNamespaces("the running httpd belongs to another user, and only root could start one like it")


def limits() -> list[str]:
    """What a shadow on this machine cannot show, in sentences."""
    try:
        with open("/sys/fs/selinux/enforce", encoding="ascii") as stream:
            enforcing = stream.read().strip() == "1"
    except OSError:
        enforcing = False
    text = "SELinux is enforcing, and does not confine the shadow's httpd: what it would deny is not seen"
    return [text] if enforcing else []


def enter_processes() -> None:
    """Give the children of this process a pid namespace. Raises OSError, with the reason in words."""
    try:
        if os.geteuid() == 0:
            # In a user namespace root could not become the user of httpd's workers.
            namespaces.unshare(namespaces.NEWPID)
        else:
            namespaces.unshare_as_user(namespaces.NEWPID)
    except OSError as error:
        lacking = "root without CAP_SYS_ADMIN" if os.geteuid() == 0 else "a user who may not make user namespaces"
        raise OSError(error.errno, f"this is {lacking} ({error.strerror})") from error
