"""Questions about what lies on the disk: files of each kind, directories, .htaccess files, and what the push brings."""

from __future__ import annotations

import os
import re
import time

from . import files, handlers, htaccess, samples
from .question import quoted
from .routes import NOWHERE
from .samples import below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

    from .htaccess import ReadText
    from .places import Place
    from .site_map import Content

    Json = dict[str, Any]

_ACCESS_FILES = 20
_PUSHED = 30
SECONDS = 4.0


# Directories of the distribution, of which no site is made; scripts may well be in one.
_SYSTEM = re.compile(
    r"^/(?:usr/(?:share|lib)|etc|proc|sys|dev|boot|bin|sbin|run)(?:/|$)|^/(?:usr|var|home|srv|opt|root)?$"
)


def is_system(directory: str) -> bool:
    """Whether a directory is the distribution's, or above that of any site."""
    return _SYSTEM.match(os.path.normpath(directory)) is not None


class Disk:
    """What the places serve from the disk; each directory is walked once, and none is begun after SECONDS.

    `notes` say what a bound left out.
    """

    def __init__(self, changes: Mapping[str, Json], read_text: ReadText) -> None:
        self.changes = changes
        self.read_text = read_text
        self._notes: list[str] = []
        # The .htaccess files that were read: the place, the URL path of their directory, the text.
        self.texts: list[tuple[str, str, str]] = []
        self._walked: dict[str, files.Found] = {}
        self._end = time.monotonic() + SECONDS
        self._unseen: set[str] = set()

    @property
    def notes(self) -> list[str]:
        """What a bound left out, in sentences."""
        if not self._unseen:
            return self._notes
        count = f"{len(self._unseen)} of {len(self._unseen) + len(self._walked)} directories"
        return [*self._notes, f"there was no time to look for files in {count}, so none of theirs are asked for"]

    def below(self, directory: str, access_names: frozenset[str]) -> files.Found:
        """What is below a directory."""
        directory = os.path.normpath(directory)
        if directory not in self._walked and time.monotonic() > self._end:
            self._unseen.add(directory)
            return files.pushed(directory, self.changes, access_names)
        if directory not in self._walked:
            found = files.walk(directory, self.changes, access_names)
            self._walked[directory] = found
            if found.bounded:
                self._notes.append(f"{directory} is large: only its first {files.ENTRIES} entries were looked at")
        return self._walked[directory]

    def questions(self, place: Place) -> Iterator[Json]:
        """What to ask at one place about its files."""
        rules = [htaccess.Rules(host) for _, host in place.hosts]
        access_names = frozenset(name for rule in rules for name in rule.names)
        scripts = handlers.extensions(place)
        yield place.ask("directory", f"/{NOWHERE}")
        for content in place.contents():
            if is_system(content.directory) and not content.script:
                continue
            found = self.below(content.directory, access_names)
            yield from self._access(place, content, found, rules)
            yield from self._pushed(place, content)
            yield from samples.questions(place, content, found, scripts)

    def _access(
        self, place: Place, content: Content, found: files.Found, rules: list[htaccess.Rules]
    ) -> Iterator[Json]:
        """For each .htaccess that either side obeys: its directory, a file in it, nothing below it, what it names."""
        asked = 0
        for directory in _above(content.directory):
            for name in sorted({name for rule in rules for name in rule.names if rule.obeys(directory)}):
                self.texts.append((place.key, content.prefix, self.read_text(os.path.join(directory, name))))
        for path in sorted(found.access, key=lambda one: (one.count("/"), one)):
            directory = os.path.dirname(path)
            if not any(rule.obeys(directory) for rule in rules):
                continue
            asked += 1
            if asked > _ACCESS_FILES:
                self._notes.append(f"{content.directory} has over {_ACCESS_FILES} .htaccess files: not all are tried")
                return
            where = quoted(below(content, directory)).rstrip("/")
            yield place.ask("htaccess", f"{where}/")
            yield place.ask("htaccess", f"{where}/{NOWHERE}")
            beside = next((one for one in sorted(found.files) if os.path.dirname(one) == directory), None)
            if beside and not handlers.is_script(beside, content, handlers.extensions(place)):
                yield place.ask("htaccess", f"{where}/{quoted(os.path.basename(beside))}", file=beside)
            text = self.read_text(path)
            self.texts.append((place.key, f"{where}/", text))
            for target in htaccess.targets(text):
                yield place.ask("htaccess", f"{where}/{quoted(target)}", rank=1)

    def _pushed(self, place: Place, content: Content) -> Iterator[Json]:
        """The files that the push itself changes, scripts among them: they are what is being deployed."""
        asked = 0
        for path, entry in sorted(self.changes.items()):
            inside = path.startswith(os.path.normpath(content.directory).rstrip("/") + "/")
            if not inside or entry["kind"] == "absent" or os.path.basename(path).startswith(".ht"):
                continue
            asked += 1
            if asked > _PUSHED:
                self._notes.append(f"the push changes more than {_PUSHED} files below {content.directory}")
                return
            yield place.ask("pushed", quoted(below(content, path)), file=path)


def _above(directory: str) -> list[str]:
    parts = os.path.normpath(directory).split("/")[1:-1]
    return ["/" + "/".join(parts[: number + 1]) for number in range(len(parts))]
