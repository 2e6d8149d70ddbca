"""Names of variables for what differs between hosts: after the directive, and free of other meanings. Pure."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from safedeploy.core.adopt.template import Slot

# What Jinja and Ansible mean by these cannot be a variable of a host.
_TAKEN = {
    "and", "block", "call", "caller", "cycler", "defined", "dict", "else", "environment", "extends", "filter", "for",
    "from", "group_names", "groups", "hostvars", "if", "import", "in", "include", "inventory_dir", "inventory_file",
    "inventory_hostname", "inventory_hostname_short", "is", "item", "joiner", "lipsum", "lookup", "loop", "macro",
    "namespace", "no_log", "none", "not", "now", "omit", "or", "play_hosts", "playbook_dir", "port", "q", "query",
    "range", "raw", "recursive", "role_name", "self", "set", "super", "template_host", "template_path", "true", "false",
    "undef", "vars", "varargs", "kwargs", "connection", "hosts", "name", "remote_user", "roles", "serial", "strategy",
    "tags", "tasks", "timeout", "when", "with", "autoescape", "action", "args", "become", "debugger", "delegate_to",
}  # fmt: skip
_DIRECTIVE = re.compile(r"\s*(?P<comment>#+\s*)?</?(?P<section>\w+)|\s*(?P<hash>#+\s*)?(?:export\s+)?(?P<word>\w+)")
_GIVES_A_NAME = {
    "define", "set_env", "perl_set_env", "perl_set_var", "php_value", "php_admin_value", "header", "request_header",
}  # fmt: skip
_LISTENING = {"listen", "virtual_host", "name_virtual_host"}
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}|\[?[0-9a-fA-F:]*:[0-9a-fA-F:]*\]?|\*")
_NUMBER = re.compile(r"\d+")


class Names:
    """Gives variables their names. `known` are the names that are in use already.

    The same values on the same hosts are the same variable, wherever they stand, as long as they are no mere numbers.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._used = {*known, *_TAKEN}
        self._given: dict[tuple[tuple[str, str], ...], list[tuple[str, str]]] = {}

    def of(self, slot: Slot, values: Mapping[str, str], stem: str) -> str:
        """The expression for a slot: a variable's name, or `inventory_hostname`. `values` are those of each host."""
        if all(host == value for host, value in values.items()):
            return "inventory_hostname"
        base = base_name(slot)
        key = tuple(sorted(values.items()))
        numbers = all(_NUMBER.fullmatch(value) for value in values.values())
        for name, of_base in self._given.get(key, ()):
            if of_base == base or not numbers:
                return name
        name = next(filter(self._free, _candidates(base, slot, stem)))
        self._used.add(name)
        self._given.setdefault(key, []).append((name, base))
        return name

    def variables(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Every variable that was named, with its value on each host."""
        for key, names in self._given.items():
            for name, _ in names:
                yield name, dict(key)

    @property
    def _free(self) -> Callable[[str], bool]:
        return lambda name: name not in self._used and not keyword.iskeyword(name) and not _reserved(name)


def base_name(slot: Slot) -> str:
    """What a slot is called after: its directive, and what part of an address it is."""
    match = _DIRECTIVE.match(slot.before)
    word = (match["section"] or match["word"]) if match else ""
    if match and (match["comment"] or match["hash"]):
        return "comment"
    base = snake(word) or "value"
    arguments = slot.before[match.end() :] if match else ""
    if base in _GIVES_A_NAME and arguments.split():
        words = [one for one in re.findall(r"[\w-]+", arguments) if one not in ("set", "add", "append", "always")]
        base = snake(words[0]) if words else base
    return f"{base}{_part(slot, base, arguments)}"


def _part(slot: Slot, base: str, arguments: str) -> str:
    after_colon = bool(re.search(r"[^:/\s]:$", arguments))
    if after_colon and _all(_NUMBER, slot.values):
        return "_port"
    if base in _LISTENING:
        return "_port" if _all(_NUMBER, slot.values) else "_address"
    if "://" in arguments.rpartition(" ")[2]:
        return "_host" if arguments.endswith("://") else ""
    return "_address" if _all(_ADDRESS, slot.values) else ""


def _all(pattern: re.Pattern[str], values: Sequence[str]) -> bool:
    return all(pattern.fullmatch(value) for value in values)


def _candidates(base: str, slot: Slot, stem: str) -> Iterator[str]:
    yield base
    words = re.findall(r"[A-Za-z][\w-]*", slot.before)
    if len(words) > 1 and snake(words[-1]) not in base:
        yield f"{base}_{snake(words[-1])}"
    owner = snake(stem) or "file"
    yield f"{owner}_{base}"
    number = 2
    while True:
        yield f"{owner}_{base}_{number}"
        number += 1


def snake(word: str) -> str:
    """`SSLCertificateFile` as `ssl_certificate_file`; a name of a variable, or empty."""
    parted = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3_\2\4", word)
    name = re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")[:50]
    return f"n{name}" if name[:1].isdigit() else name


def _reserved(name: str) -> bool:
    return name.startswith(("ansible_", "safedeploy_", "template_"))
