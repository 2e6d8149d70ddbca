"""Whether httpd takes a text for an address, a part of one or a network: as `Require ip` and others read it. Pure."""

from __future__ import annotations

import ipaddress
import re

_PART = re.compile(r"\d+(?:\.\d+){0,3}\.?")
_LAST_OF_PART = 255


def fault(text: str) -> str | None:
    """Why a text is no address and no network to httpd, as the end of a sentence; None where nothing is certain."""
    address, slash, mask = text.partition("/")
    if "*" in text:
        return "it knows no *"
    if "," in text:
        return "addresses are separated by spaces"
    if re.fullmatch(r"[0-9.]+-[0-9.]+", text):
        return "it knows no range from one address to another"
    if ":" in address:
        return _fault_of_ipv6(address, mask, slash)
    if not _PART.fullmatch(address) or any(int(part) > _LAST_OF_PART for part in address.split(".") if part):
        return "it is not an address"
    return _fault_of_mask(address, mask) if slash else None


def _fault_of_mask(address: str, mask: str) -> str | None:
    if address.count(".") != 3 or address.endswith("."):
        return "the address before a mask has four numbers"
    if mask.isascii() and mask.isdigit():
        return None if 1 <= int(mask) <= 32 else f"/{mask} is no mask"
    return None if re.fullmatch(r"[0-9.+]+", mask) else f"/{mask} is no mask"


def _fault_of_ipv6(address: str, mask: str, slash: str) -> str | None:
    if re.fullmatch(r"[0-9.]+:\d+", address):
        return "it takes no port"
    if address.startswith("["):
        return "an address of IPv6 stands without brackets"
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return "it is not an address"
    if slash and not (mask.isascii() and mask.isdigit() and 1 <= int(mask) <= 128):
        return f"/{mask} is no mask"
    return None
