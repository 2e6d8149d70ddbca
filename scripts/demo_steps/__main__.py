"""What the demo shows, step by step. Run by scripts/demo, inside the virtual environment."""

from __future__ import annotations

import sys

from stage import BIN, LAB, NotAsItShould, Stage, shell_path

from safedeploy.core.errors import SafedeployError
from safedeploy.lab.host import LabHost

REMOVE = f"Remove it with: {BIN / 'safedeploy'} lab down --name {LAB}"


def main() -> int:
    """Show every step; 1 when one does not do what it should."""
    stage = Stage()
    try:
        show(stage)
    except (NotAsItShould, SafedeployError) as error:
        what = error.what if isinstance(error, SafedeployError) else error
        print(f"\nThe demo stops here: {what}", file=sys.stderr)
        print(
            f"The fleet is left as it is. Remove it with: {BIN / 'safedeploy'} lab down --name {LAB}", file=sys.stderr
        )
        return 1
    except KeyboardInterrupt:
        print(f"\nInterrupted. {REMOVE}", file=sys.stderr)
        return 130
    if "--down" in sys.argv[1:]:
        stage.remove()
        print("\nThe fleet and the project of the demo are removed.")
    else:
        farewell(stage)
    return 0


def show(stage: Stage) -> None:
    """The story."""
    stage.prepare()
    stage.note(
        "Each command below can be repeated by hand after these two:\n"
        f"$ export SAFEDEPLOY_LAB_NAME={LAB} PATH={shell_path(BIN)}:$PATH\n"
        f"$ cd {shell_path(stage.project)}"
    )
    start(stage)
    first_push(stage)
    syntax_error(stage)
    broken_site(stage)
    without_shadow(stage)
    second_release(stage)
    back(stage)


def start(stage: Stage) -> None:
    """Three hosts, each with its own sshd and Apache."""
    stage.heading("A fleet: three hosts, each with its own sshd and Apache")
    stage.run("safedeploy lab up")
    stage.run("safedeploy lab status")
    stage.proved("three real hosts serve www.lab.test (TLS), app.lab.test (.htaccess) and api.lab.test (reverse proxy)")


def first_push(stage: Stage) -> None:
    """Take over what was set up by hand, and lose no request."""
    stage.heading("The first push, while visitors use every site of every host")
    stage.run("safedeploy plan lab --no-diff")
    with stage.visitors() as visitors:
        stage.run("safedeploy push lab --yes --no-diff")
    demand(not visitors.failures, "a good push lost a request")
    stage.proved("the release is on every host, and no request failed")


def syntax_error(stage: Stage) -> None:
    """A typo in a directive, refused on every host before anything is touched."""
    stage.heading("A syntax error")
    before = stage.trees()
    stage.run("sed -i 's/SSLEngine on/SSLEngin on/' templates/parts/tls.j2")
    stage.run("safedeploy push lab --yes --no-diff", code=4)
    after = stage.trees()
    demand(after == before, "a refused push changed a file")
    stage.run("git checkout templates")
    paths = sum(len(tree) for tree in after.values())
    stage.proved(f"refused before anything was touched: {paths} paths on 3 hosts, every one as it was before")


def broken_site(stage: Stage) -> None:
    """A line that configtest takes and that breaks the site: the linter names it, and its shadow answers 500."""
    stage.heading("A change that passes every syntax check and breaks the site: 500 for every visitor of app.lab.test")
    before = stage.trees()
    stage.run("echo 'Options -Indexes' >> templates/htaccess.j2     # not allowed there: httpd answers 500")
    stage.run("safedeploy lint lab", code=4)
    with stage.visitors() as visitors:
        stage.run("safedeploy push lab --yes --no-diff --no-lint     # as if the linter did not know it", code=4)
    demand(stage.trees() == before, "a refused push changed a file")
    demand(not visitors.failures, "a visitor noticed a push that was refused")
    stage.proved("named by the linter without a host; refused by what its shadow answers, before anybody noticed")


def without_shadow(stage: Stage) -> None:
    """The same where nothing sees it before: back by itself, on the one host that had it."""
    stage.heading("The same change without linter and shadow, as if both had missed it")
    before = stage.trees()
    stage.run("sed -i 's/^    rollout:/    preflight: {shadow: false}\\n    rollout:/' safedeploy.yml")
    with stage.visitors() as visitors:
        stage.run("safedeploy push lab --yes --no-diff --no-lint", code=6)
    demand(stage.trees() == before, "a file is not as it was before the push")
    demand(set(visitors.failed_by_host()) <= {"web1"}, "visitors of another host than the canary were hit")
    stage.run("git checkout templates safedeploy.yml")
    hit = visitors.outage("web1")
    stage.proved(f"the first host was bad for {hit:.1f} s and took itself back; web2 and web3 served throughout")


def second_release(stage: Stage) -> None:
    """A good change."""
    stage.heading("A second release that is good: one more security header")
    stage.run("""echo 'content_security_policy: "default-src https:"' >> inventories/lab/group_vars/all.yml""")
    with stage.visitors() as visitors:
        stage.run("safedeploy push lab --yes --reason 'a content security policy for all sites'")
    demand(not visitors.failures, "a good push lost a request")
    said = stage.answer(header(stage.lab.hosts[-1]))
    demand("content-security-policy: default-src https:" in said.lower(), "the header is not there")
    stage.proved("the header is on every page, and no request failed")


def back(stage: Stage) -> None:
    """The release before, asked for by a person."""
    stage.heading("Back to the release before")
    with stage.visitors() as visitors:
        stage.run("safedeploy rollback lab --yes --no-diff --reason 'the policy blocks the web shop'")
    demand(not visitors.failures, "a rollback lost a request")
    said = stage.answer(header(stage.lab.hosts[-1]))
    demand("content-security-policy" not in said.lower(), "the header is still there")
    stage.run("safedeploy status lab")
    stage.proved("every host is on its first release again, and no request failed")


def header(host: LabHost) -> str:
    """The command that shows the headers of a page of app.lab.test on a host."""
    port = host.http_port
    where = "http://app.lab.test/" if port == 80 else f"http://app.lab.test:{port}/"
    return f"curl --silent --head --resolve app.lab.test:{port}:{host.address} {where}"


def demand(holds: bool, otherwise: str) -> None:
    """Stop the demo when it does not show what it says."""
    if not holds:
        raise NotAsItShould(otherwise)


def farewell(stage: Stage) -> None:
    """What to try next."""
    project = shell_path(stage.project)
    print(f"""
The fleet stays up. Try it:
  export SAFEDEPLOY_LAB_NAME={LAB} PATH={shell_path(BIN)}:$PATH
  cd {project}
  safedeploy plan lab                    what a push would do now: the header of step 6 is still in the variables
  safedeploy push lab                    the plan, a question, and the push
  safedeploy rollback lab --to adopted   what the hosts had before the first push
  safedeploy lab ssh web1                look at a host from the inside
  safedeploy lab down; rm -r {project}   remove the fleet and the project""")


if __name__ == "__main__":
    sys.exit(main())
