"""Tells what must stay on the host: keys, password files, what others may not read, and secrets in directives.

Errs on the side of secrecy. A comment is judged too, for what was commented out is often still valid. What only refers
to a secret kept elsewhere (${NAME}, exec:, the name of a file) is none. Words say why, and show nothing of it.
"""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = (
    "*.key", "*.pfx", "*.p12", "*.jks", "*.keystore", "*.kdb", "*.der", "*.keytab", "*htpasswd*", "*htdigest*",
    "passwd", "passwords", "*.passwd", "*.secret", "*.secrets", "id_rsa*", "id_ed25519*",
)  # fmt: skip
LONGEST_LINE = 16 * 1024
_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----")
_CERTIFICATE = re.compile(rb"-----BEGIN (TRUSTED |X509 )?(CERTIFICATE|CRL|DH PARAMETERS|PKCS7)")
_HASHED = re.compile(r"^[^\s:#]+:(?:[^\s:]+:)?(\$(?:apr1|2[abxy]|5|6|1|y)\$|\{S?SHA\}|[0-9a-f]{32}$)", re.MULTILINE)

# Directives whose value is the secret itself; in comments only those that no sentence begins with.
_DIRECTIVE = re.compile(r"\w*(password|passwd|passphrase|secret|apikey|privatekey|credentials?|accesstoken)$")
_WORDS = {"password", "passwd", "passphrase", "secret", "credential", "credentials"}
_FIELD_NAMES = {"authformpassword"}
# Directives that give a name and its value.
_NAMING = {
    "setenv", "setenvif", "setenvifnocase", "define", "perlsetenv", "perlsetvar", "perladdvar", "php_value",
    "php_admin_value", "fcgidinitialenv",
}  # fmt: skip
_NAME = re.compile(
    r"passw(or)?d|passphrase|(?<![a-z])(db|pg)?pass(?![a-z])|_pw\b|pwd|secret|token|api_?key|private_?key|credential"
    r"|(?<![a-z])dsn(?![a-z])"
)
_REFERRING = re.compile(r"(file|path|dir|directory|url|uri|header|field|name|provider|lifetime|timeout|length)$")
_ASSIGNED = re.compile(r"^(?:export\s+)?(?P<name>\w+)=(?P<value>\S.*)$")
# key=value among the arguments of a directive, as in AJP's secret= and DBDParams' pass=.
_PARAMETER = re.compile(r"\b(?:secret|pass|password|passwd|pwd|token|api_?key)=[\"']?[\w.+/~!*#@-]{3}", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"://[^\s/:@\"']+:(?![$%]\{)[^\s/@\"']+@")
_HEADER = re.compile(
    r"\b(?:set|setifempty|add|append|merge)\s+[\"']?"
    r"(?:(?:proxy-)?authorization|cookie|[\w-]*(?:token|secret|api-?key|password|auth-?key)[\w-]*)\b[\"']?(?P<value>.*)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"[\"']?(\$\{\w+\}|%\{[^}]*\}\w?|exec:\S+)[\"']?$")
_ELSEWHERE = re.compile(r"\$\{\w+\}|%\{[^}]*\}|\bexpr=")


def why_secret(path: str, mode: int, data: bytes) -> str | None:
    """Why the file at `path` is secret; None when nothing tells that it is."""
    name = path.rpartition("/")[2]
    if "/private/" in path:
        return "in a directory for private files"
    if any(fnmatchcase(name.lower(), pattern) for pattern in NAMES):
        return "a key or a password file, by its name"
    if not mode & 0o004:
        return f"not for everybody to read (mode {mode:04o})"
    if _KEY.search(data):
        return "holds a private key"
    text = data.decode("utf-8", "replace")
    if _HASHED.search(text):
        return "holds hashed passwords"
    return _secret_line(text)


def behind_closed_door(path: str, roots: Iterable[str]) -> str | None:
    """The outermost directory below the innermost root on the way to `path` that is not open to everybody."""
    root = max((root.rstrip("/") for root in roots if path.startswith(root.rstrip("/") + "/")), key=len, default="")
    at = root
    for part in path[len(root) + 1 :].split("/")[:-1]:
        at = f"{at}/{part}"
        try:
            if not os.lstat(at).st_mode & 0o001:
                return at
        except OSError:
            return at
    return None


def kind_of(data: bytes) -> str:
    """What a content is: "binary", "certificate", "vault" (what Ansible would decrypt) or "text"."""
    if b"\0" in data:
        return "binary"
    if _CERTIFICATE.search(data):
        return "certificate"
    return "vault" if data.startswith(b"$ANSIBLE_VAULT") else "text"


def _secret_line(text: str) -> str | None:
    """What has a secret in it first, and in which line."""
    start, parts = 1, []  # type: int, list[str]
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if line.endswith("\\"):
            parts.append(line[:-1])
            continue
        whole = "".join([*parts, line]).strip()
        bare = whole.lstrip("#;").strip()
        found = "an endless line" if len(whole) > LONGEST_LINE else _offender(bare, comment=bare != whole)
        if found:
            return f"{found} (line {start})"
        start, parts = number + 1, []
    return None


def _offender(line: str, *, comment: bool) -> str | None:
    """What has a secret in this line, by its name."""
    assigned = _ASSIGNED.match(line)
    if assigned and _names_secret(assigned.group("name"), assigned.group("value")):
        return assigned.group("name")[:60]
    word, _, rest = line.replace("\t", " ").partition(" ")
    name, rest = word.lower().lstrip("<"), rest.strip()
    if _is_secret_directive(name, rest, comment=comment):
        return word[:60]
    if name in _NAMING:
        first, _, value = rest.partition(" ")
        if _names_secret(first.strip("\"'"), value.strip()):
            return f"{word} {first}"[:60]
    header = _HEADER.search(rest) if name in ("header", "requestheader") else None
    if header and not _ELSEWHERE.search(header.group("value")):
        return word
    return word[:60] if _PARAMETER.search(line) or _IN_ADDRESS.search(line) else None


def _is_secret_directive(name: str, rest: str, *, comment: bool) -> bool:
    if name == "sslpassphrasedialog":  # the words after the program are given to it
        return len(re.split(r"[\s,]+", rest)) > 1
    if name == "authbasicfake":
        return len(rest.split()) > 1 and not _ELSEWHERE.search(rest)
    if not _DIRECTIVE.match(name) or name in _FIELD_NAMES or (comment and name in _WORDS):
        return False
    return bool(rest) and not _REFERENCE.match(rest)


def _names_secret(name: str, value: str) -> bool:
    """Whether a variable of this name holds a secret, and this value is not one that is kept elsewhere."""
    lower = name.lower()
    if not value or not _NAME.search(lower) or _REFERRING.search(lower):
        return False
    return not _REFERENCE.match(value)
