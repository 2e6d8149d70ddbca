"""How many harmful changes are stopped before anything live changes, and how many harmless ones are let through.

    python benchmarks/catch_rate.py --corpus DIR [--json FILE] [--only 020,021] [--jobs 2] [--traffic probes|none]
    python benchmarks/catch_rate.py --corpus DIR --stage lint

Each case of the corpus (benchmarks/catching/corpus.py says what one looks like) is a change of one base. On a lab host
the base is the live and confirmed release; the case is checked as the new one with `safedeploy check`, and pushed when
that lets it through. Nothing of a case is told to safedeploy but its files and the intention that it declares. Beside
it, on the same host: configtest alone, and configtest, graceful and one GET /. docs/catch-rate.md has what came out.

What the linter says of a case is asked apart, so that the other stages are seen without it. `--stage lint` asks nothing
else, and needs no lab.

Needs what a lab in namespaces needs (root), and openssl.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from catching import corpus as corpora
from catching import lint_report, product, report, trees
from catching.corpus import Case, Corpus, CorpusError
from catching.hosts import BenchHost, HostError
from catching.material import Material
from catching.trial import Bench, Result

from safedeploy.lab import Lab

LINT = "lint"


def main() -> None:
    """Read, try every case, report."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the lab goes down
    try:
        corpus = corpora.load(arguments.corpus.resolve(), [name for name in arguments.only.split(",") if name])
        with _work(keep=arguments.keep) as work:
            if arguments.stage == LINT:
                results = _lint(corpus, work, arguments)
                said = lint_report.lines(results)
            else:
                with _lab(work, min(arguments.jobs, len(corpus.cases) or 1)) as lab:
                    results = _measure(corpus, lab, work, arguments)
                said = report.lines(results)
    except (CorpusError, HostError) as error:
        sys.exit(str(error))
    print("\n".join(said))
    if arguments.json:
        arguments.json.write_text(json.dumps(report.document(results), indent=1) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument(
        "--only", default="", metavar="NAMES", help="beginnings of case names, with commas between them"
    )
    parser.add_argument("--jobs", type=int, default=2, help="hosts at the same time (default: 2)")
    parser.add_argument("--traffic", choices=("probes", "none"), default="probes", help="what the access logs hold")
    parser.add_argument("--stage", choices=("all", LINT), default="all", help="lint: only the linter, without a lab")
    parser.add_argument("--keep", action="store_true", help="leave the projects and what the program said")
    return parser.parse_args()


@contextmanager
def _work(*, keep: bool) -> Iterator[Path]:
    work = Path(tempfile.mkdtemp(prefix="safedeploy-catch-rate-"))
    try:
        yield work
    finally:
        if keep:
            print(f"kept: {work}", file=sys.stderr)
        else:
            shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _lab(work: Path, hosts: int) -> Iterator[Lab]:
    os.environ |= {"SAFEDEPLOY_LAB_DIR": str(work / "lab"), "XDG_STATE_HOME": str(work / "state")}
    lab = Lab.up(f"catch-{os.getpid()}", hosts, "namespaces")
    try:
        yield lab
    finally:
        lab.down()


def _bench(corpus: Corpus, work: Path, arguments: argparse.Namespace) -> Bench:
    bench = Bench(corpus=corpus, base=work / "base", work=work / "cases", material=Material(), keep=arguments.keep)
    trees.build_base(corpus, bench.base, bench.material)
    return bench.with_linted_base()


def _lint(corpus: Corpus, work: Path, arguments: argparse.Namespace) -> list[Result]:
    return _all(_bench(corpus, work, arguments).lint, corpus, arguments.jobs)


def _measure(corpus: Corpus, lab: Lab, work: Path, arguments: argparse.Namespace) -> list[Result]:
    bench = _bench(corpus, work, arguments)
    hosts = [BenchHost(lab=lab, name=host.name, kept=work / "kept" / host.name) for host in lab.hosts]
    for host in hosts:
        host.make(corpus, bench.base)
    bench.push_base(hosts)
    for host in hosts:
        host.forget_requests()
        if arguments.traffic == "probes":
            host.visit(corpus.requests_of_users())
        host.keep()
    free: queue.SimpleQueue[BenchHost] = queue.SimpleQueue()
    for host in hosts:
        free.put(host)

    def one(case: Case) -> Result:
        host = free.get()
        try:
            return bench.run(host, case)
        finally:
            free.put(host)

    return _all(one, corpus, len(hosts))


def _all(one: Callable[[Case], Result], corpus: Corpus, jobs: int) -> list[Result]:
    """Try every case, as many at a time as there are jobs."""
    began = time.monotonic()
    found: dict[str, Result] = {}
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for done in as_completed([pool.submit(one, case) for case in corpus.cases]):
                result = done.result()
                found[result.case.name] = result
                _progress(result, len(found), len(corpus.cases), time.monotonic() - began)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [found[case.name] for case in corpus.cases]


def _progress(result: Result, number: int, total: int, seconds: float) -> None:
    said = "FAULT" if result.fault else result.stopped_by or ("MISSED" if result.case.harmful else "passed")
    if not result.case.harmful and result.stopped_by:
        said = f"FALSE ALARM {said}"
    if result.stopped_by == product.LIVE:
        said = "live check"
    if not result.seconds and result.lint is not None:
        said = f"lint: {result.lint.gravest_of_project or 'nothing'}"
    line = f"[{seconds:6.1f} s] {number:3}/{total} {result.case.kind:8}{result.case.name:44}{said:14}"
    print(f"{line}{result.seconds:5.1f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
