"""One case on one host: through the product's own path, and beside it through what people do without it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import linting, plain, product, project, trees
from .corpus import Case, Corpus, CorpusError
from .hosts import BenchHost, HostError
from .linting import Linted
from .material import Material
from .plain import Plain
from .product import Ran


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of a case. `stopped_by` is a stage, LIVE for the check after activation, None when nothing did.

    The stages are tried without the linter before them; `lint` is what it says by itself.

    `seconds` is the whole `safedeploy check` as its user waits for it, `preflight` the part on the host; `fault` is set
    when the trial itself went wrong.
    """

    case: Case
    stopped_by: str | None = None
    seconds: float = 0.0
    preflight: float | None = None
    why: str = ""
    fault: bool = False
    plain: Plain | None = None
    lint: Linted | None = None

    @property
    def stopped(self) -> bool:
        """Whether it was stopped before anything live changed."""
        return self.stopped_by not in (None, product.LIVE)

    @property
    def live(self) -> bool:
        """Whether it was activated, seen to be wrong there, and reverted."""
        return self.stopped_by == product.LIVE


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What all trials share. `base` is the base's tree; `work` gets a directory for each case."""

    corpus: Corpus
    base: Path
    work: Path
    material: Material
    keep: bool = False
    said_of_base: Linted = field(default_factory=Linted)

    def with_linted_base(self) -> Bench:
        """The same, knowing what the linter says of the base. Raises CorpusError."""
        return replace(self, said_of_base=linting.lint(self.base, self.base, self.work / "base-lint"))

    def lint(self, case: Case) -> Result:
        """What the linter says of a case; no host is needed."""
        directory = self.work / case.name
        try:
            trees.build_case(case, self.base, directory / "tree", self.material)
            return Result(case=case, lint=self._linted(directory))
        except (CorpusError, OSError) as error:
            return Result(case=case, why=f"the trial failed: {error}", fault=True)
        finally:
            if not self.keep:
                shutil.rmtree(directory, ignore_errors=True)

    def _linted(self, directory: Path) -> Linted:
        return linting.lint(directory / "tree", self.base, directory / "linted").without(self.said_of_base)

    def push_base(self, hosts: Sequence[BenchHost]) -> None:
        """Make the base the live and confirmed release of these hosts. Raises HostError."""
        directory = self.work / "base-project"
        project.lay(self.base, directory)
        project.write(directory, {host.name: host.variables for host in hosts})
        ran = product.push(directory)
        if ran.code != product.OK:
            raise HostError(f"the base cannot be pushed ({ran.code}): {ran.err[-2000:]}")

    def run(self, host: BenchHost, case: Case) -> Result:
        """Try the case on a host, which is spoilt afterwards."""
        directory = self.work / case.name
        tree = directory / "tree"
        try:
            trees.build_case(case, self.base, tree, self.material)
            host.reset(case.host_state)
            without = plain.try_out(host, case, tree)
            host.reset(case.host_state)
            project.lay(tree, directory / "project")
            tried = self._product(host, case, directory / "project")
            return replace(tried, plain=without, lint=self._linted(directory))
        except (CorpusError, HostError, OSError, subprocess.SubprocessError) as error:
            return Result(case=case, why=f"the trial failed: {error}", fault=True)
        finally:
            if not self.keep:
                shutil.rmtree(directory, ignore_errors=True)

    def _product(self, host: BenchHost, case: Case, directory: Path) -> Result:
        expect = self.corpus.expectations(case)
        project.write(directory, {host.name: host.variables}, base=trees.listing(self.base), expect=expect)
        if case.host_state.get("backend_down"):
            host.stop_application()
        before = host.digest(), host.httpd()
        ran = product.check(directory)
        result = Result(case=case, seconds=round(ran.seconds, 2), preflight=ran.preflight_seconds(host.name))
        if ran.code not in (product.OK, product.REFUSED):
            return replace(result, fault=True, why=f"check ended with {ran.code}: {ran.why(host.name)}")
        if (host.digest(), host.httpd()) != before:
            return replace(result, why=f"the check changed what is live; it said: {ran.why(host.name)}")
        if ran.code == product.REFUSED:
            return replace(result, stopped_by=ran.stage(host.name), why=ran.why(host.name))
        result = replace(result, why=ran.looked_at(host.name))
        return _pushed(result, product.push(directory), host, before[0])


def _pushed(result: Result, ran: Ran, host: BenchHost, before: str) -> Result:
    """What a push of a change that the pre-flight let through came to."""
    if ran.code == product.OK:
        if not result.case.harmful:
            return result
        symptoms = result.case.symptoms or "see its case.json"
        return replace(result, why=f"nothing was noticed; {result.why}; measured: {symptoms}")
    if ran.code == product.REFUSED:
        return replace(result, stopped_by="push", why=ran.why(host.name))
    said = str(ran.document.get("hosts", {}).get(host.name, {}).get("why") or ran.why(host.name))
    if ran.code != product.REVERTED:
        return replace(result, fault=True, why=f"push ended with {ran.code}: {said}")
    if host.digest() != before:
        return replace(result, why=f"reverted, but the live files are not what they were; {said}")
    return replace(result, stopped_by=product.LIVE, why=said)
