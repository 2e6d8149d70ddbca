"""Run one phase of a push on a host: one call of the on-host program over Ansible's own connection.

    - name: Activate the release
      safedeploy_agent:
        phase: activate           # prepare, preflight, activate, hold, take, confirm, revert, release; traffic_before,
                                  # traffic_mark or traffic_now; drain or undrain
        host: web2                # another host of the run than the task's own, with delegate_to
        fresh_connection: false   # true: open a new connection, which proves that the host can still be reached
        unreachable_fails: false  # true: a host out of reach has failed, with the code `unreachable`: a rescue sees it
        check_first: false        # true: the request is sent only if the host is well as seen from here, as by
                                  # safedeploy_probe; the checks are made while ssh connects
        then: confirm             # none if not given; after `activate`: when that went well, the same as with this
                                  # phase, check_first and fresh_connection. Checks are made, and ssh connects, as soon
                                  # as httpd has loaded the release, while the host proves it

For a preflight a host takes the lease too, if it has not given it to this run before (`prepare`).

What to do is read from the bundle (variable `safedeploy_bundle`, docs/architecture.md, section 5) and the request goes
over standard input, so that no content and no secret is in a variable, an argument or an event. The host's whole answer
is written to `results/<host>.<phase>.json` of the bundle; what this returns is safe to be shown. The program is staged
first where it is missing. `changed` means that the host serves something else than before. With `then`, `phase` is the
one that the rest is about.
"""

# ruff: noqa: INP001 - Ansible loads each plugin by its path; a package would be in its way
from __future__ import annotations

import copy
import json
import re
import secrets
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

# Plugins can import each other's parts only by path: Ansible offers module_utils to modules alone.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "module_utils"))

from safedeploy_control import flood, following, fresh, leased, ledger, line, outside, reply, requests, ssh_options
from safedeploy_control.bundle import Bundle, BundleError, Json
from safedeploy_host import health, protocol

_UNKNOWN = "It is not known whether the host was changed; what it recorded decides."
_UNUSABLE = "The bundle cannot be used: {} Nothing was changed on this host."
# ssh's error as Ansible has it, where ssh had no words: it ends so when what it runs on the host is killed.
_SILENT = re.compile(r"over ssh:\s*$").search
_KILLED = (
    "The program on the host was killed before it had answered, as where memory runs out: the host's kernel log "
    "(dmesg) tells. The host itself can be reached. What it recorded decides, and what is not confirmed goes back by "
    "itself. See why it was killed, then run the command again."
)
# What the on-host program says when httpd has loaded the release, if it is to tell.
_LOADED = protocol.progress("loaded").encode()
# How it begins to say that it has taken the lease, and what it lacks.
_PREPARED = protocol.progress(leased.PROGRESS).encode().removesuffix(b"}")


@dataclass(kw_only=True)
class _Call:
    """One call of the program: `before` is called, and may raise, before the request is made of it."""

    bundle: Bundle
    host: str
    phase: str
    request: Callable[[], Json]
    before: Callable[[], object] | None = None
    _made: bytes | None = field(default=None, init=False)

    def document(self) -> bytes:
        """What the program is sent; it is sent in two tries where the program is missing."""
        if self._made is None:
            if self.before is not None:
                self.before()
            self._made = json.dumps(self.request()).encode()
        return self._made


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """The action `safedeploy_agent`."""

    # The request goes over standard input, which needs no files on the host.
    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset({"phase", "host", "bundle", "fresh_connection", "unreachable_fails", "check_first", "then"})

    def run(self, tmp: str | None = None, task_vars: Json | None = None) -> Json:
        """Run the phase. Unreachable hosts raise, as everywhere in Ansible, unless they are to fail."""
        result: Json = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        host = str(self._task.args.get("host") or task_vars["inventory_hostname"])
        phase, then = self._phases()
        try:
            bundle = Bundle.named(self._task.args, task_vars)
            request = requests.request(bundle, host, phase)
            if then or self._is("check_first"):
                outside.configured(bundle, host)
        except requests.NothingToDo as reason:
            return {**result, "changed": False, "skipped": True, "skip_reason": str(reason), "msg": str(reason)}
        except (BundleError, KeyError) as error:
            raise AnsibleActionFail(_UNUSABLE.format(error)) from error
        if self._task.check_mode and phase in requests.CHANGING:
            return {**result, "changed": True, "skipped": True, "msg": "Check mode: nothing is changed."}
        ssh_options.insist_on_keys(self._connection)
        ssh_options.notice_silence(self._connection)
        bundle.forget(host, requests.READING.get(phase, ()))
        call = _Call(bundle=bundle, host=host, phase=phase, request=lambda: request)
        if then:
            request["tell"] = True
            return {**result, **self._both(call, then, task_vars)}
        if self._is("fresh_connection"):
            fresh.connect_anew(self._connection, confidential=requests.confidential(bundle, host))
        if self._is("check_first"):
            call.before = self._checks(call, task_vars)
        return {**result, **self._make(call, task_vars)}

    def _phases(self) -> tuple[str, str | None]:
        phase, then = self._task.args.get("phase"), self._task.args.get("then")
        if phase not in requests.COMMANDS:
            raise AnsibleActionFail(f"phase must be one of {', '.join(requests.COMMANDS)}; it is {phase!r}.")
        if then is not None and (phase, then) != ("activate", "confirm"):
            raise AnsibleActionFail(f"then must be confirm, after activate; it is {then!r}, after {phase}.")
        return phase, then

    def _is(self, argument: str) -> bool:
        return bool(boolean(self._task.args.get(argument, False)))

    def _both(self, call: _Call, then: str, task_vars: Json) -> Json:
        """Make the call, and then that of the phase `then`, if it went well: ssh connects for that meanwhile."""
        other = copy.copy(self)
        other._connection = copy.copy(self._connection)  # noqa: SLF001 - an action of the same class
        other._connection._options = dict(self._connection._options)  # noqa: SLF001 - to be given others
        other._connection.become = copy.copy(self._connection.become)  # noqa: SLF001 - it knows what it waits for
        secret = requests.confidential(call.bundle, call.host)
        fresh.connect_anew(other._connection, confidential=secret)  # noqa: SLF001

        def work(wait: Callable[[], None]) -> Json:
            second = replace(call, phase=then, request=lambda: requests.request(call.bundle, call.host, then))
            check = other._checks(second, task_vars)  # noqa: SLF001
            second.before = lambda: (check(), wait())
            return other._make(second, task_vars)

        with following.Following(work, flood.end_children) as later:
            with following.hear(self._connection, _LOADED, lambda _line: later.begin()):
                done = self._make(call, task_vars)
            if done.get("failed"):
                return done
            try:
                requests.request(call.bundle, call.host, then)
            except requests.NothingToDo:
                return done
            return {**done, **later.go(), "changed": done["changed"], "phase": then}

    def _checks(self, call: _Call, task_vars: Json) -> Callable[[], object]:
        """What makes the checks of the host from here."""
        address = str(self._templar.template(task_vars.get("ansible_host") or call.host))
        site = {"httpd": {"address": address}}
        return lambda: outside.check(call.bundle, call.host, lambda checks: health.run(checks, site))

    def _make(self, call: _Call, task_vars: Json) -> Json:
        """Make the call, and keep the answer; what may be shown of it."""
        try:
            answer = self._leasing(call, task_vars) if call.phase == "preflight" else self._ask(call, task_vars)
        except outside.IllError as error:
            return error.result
        except AnsibleConnectionFailure as error:
            if self._was_killed(error):
                return {"changed": False, "failed": True, "code": "program-killed", "msg": _KILLED}
            if not self._is("unreachable_fails"):
                raise
            return {"changed": False, "failed": True, "code": ledger.UNREACHABLE, "msg": reply.plain(error)}
        kept_as = call.phase
        if call.phase == "preflight" and answer["ok"] is not True and not leased.Leased(call.bundle, call.host).has:
            kept_as = requests.PREPARED  # it is the lease that the host refused
        return _shown(call.phase, answer, call.bundle.write_answer(call.host, kept_as, answer))

    def _leasing(self, call: _Call, task_vars: Json) -> Json:
        """The answer of a host that takes the lease for this call; it is sent what else it lacks, if anything."""
        lease = leased.Leased(call.bundle, call.host)
        with following.hear(self._connection, _PREPARED, lease.heard):
            answer = self._ask(call, task_vars, lease.told)
        if answer["ok"] is True and not lease.has:
            return reply.refused(
                "bug",
                "the host's answer is not understood: it says nothing of the lease",
                state="Nothing was changed on this host.",
                todo="Look at the host with `safedeploy status`.",
            )
        if not lease.lacks(answer):
            return answer
        try:
            request = requests.request(call.bundle, call.host, call.phase)
        except BundleError as error:
            raise AnsibleActionFail(_UNUSABLE.format(error)) from error
        return self._ask(replace(call, request=lambda: request), task_vars)

    def _was_killed(self, error: AnsibleConnectionFailure) -> bool:
        """Whether it was not the connection that ended, but the program: the host is asked."""
        if not _SILENT(str(error)):
            return False
        try:
            self._low_level_execute_command("exit 0", sudoable=False)
        except AnsibleConnectionFailure:
            return False
        return True

    def _ask(self, call: _Call, task_vars: Json, told: Callable[[str], object] | None = None) -> Json:
        """The program's answer, or a refusal in its form that says why there is none. `told` is given all it said."""
        bundle = call.bundle
        agent = line.agent_path(bundle.host(call.host)["site"]["state_dir"], bundle.agent_sha256)
        words = {"agent": agent, "command": requests.COMMANDS[call.phase], "python": self._python(task_vars)}
        said = self._execute(line.stored_line, words, call)
        if isinstance(said, str) and said.strip() == line.NO_AGENT:
            program = line.stage_input(bundle.program(), bundle.agent_sha256)
            said = self._execute(line.stage_line, words, call, program)
        if isinstance(said, dict):
            return said
        if said.strip() == line.NO_PYTHON:
            return reply.refused(
                "no-python",
                f"there is no {words['python'] or 'Python 3.8 or later'} on the host",
                state="Nothing was changed on this host.",
                todo="Install Python 3.8 or later, or set ansible_python_interpreter.",
            )
        if told is not None:
            told(said)
        return reply.parse(said) or reply.refused(
            "bug",
            f"the host's answer is not understood: {reply.plain(said[-300:]) or 'it said nothing'}",
            state=_UNKNOWN,
            todo="Look at the host with `safedeploy status`; run the playbook with -vvv to see the whole exchange.",
        )

    def _execute(self, make: Callable[..., str], words: Json, call: _Call, first: bytes = b"") -> str | Json:
        """What the host said after the marker, or a refusal when it never got there. `first` goes before the call."""
        marker = f"safedeploy:{secrets.token_hex(8)}"
        # With -vvv the ssh plugin prints what a host said, token and all, unless the play forbids it.
        self._connection._play_context.no_log = True  # noqa: SLF001 - it has no other switch
        with ExitStack() as stack:
            watched = stack.enter_context(flood.Flood(self._connection))
            if call.before is None:
                data = first + call.document()
            else:
                held_back = outside.before_sending(self._connection, lambda: first + call.document())
                data = stack.enter_context(held_back)
            done = self._low_level_execute_command(make(marker=marker, **words), in_data=data)
        if watched.came:
            return reply.refused(
                "bug",
                f"the host's answer is not understood: it sent more than {flood.MOST >> 20} MiB, and was cut off",
                state=_UNKNOWN,
                todo="Look at the host by hand; whatever answers there is not the program that was sent.",
            )
        said = reply.after_marker(done["stdout"], marker)
        if said is not None:
            return said
        words_of_host = reply.plain(done["stderr"] or done["stdout"], 500) or "it said nothing"
        return reply.refused(
            "no-permission",
            f"no command could be run on the host (exit code {done['rc']}): {words_of_host}",
            state="Nothing was changed on this host in this phase.",
            todo="Check ansible_become and its method, user and password; the user must be able to run /bin/sh.",
        )

    def _python(self, task_vars: Json) -> str | None:
        """The interpreter that the inventory names; None when Ansible would look for one, and the shell line does."""
        if self._task.args.get("host"):
            task_vars = task_vars["hostvars"][str(self._task.args["host"])]
        named = self._templar.template(task_vars.get("ansible_python_interpreter") or "")
        return None if not named or str(named).startswith("auto") else str(named)


def _shown(phase: str, answer: Json, path: Path) -> Json:
    """What Ansible may print and record: no content, no configuration, no secret."""
    if answer["ok"] is not True:
        text = reply.sentence(answer)
        if (answer["error"].get("detail") or {}).get("output"):
            text += f" httpd's own words are in {path}."
        code, what = (reply.plain(answer["error"].get(key) or "") for key in ("code", "message"))
        return {"changed": False, "failed": True, "code": code, "what": what, "msg": text}
    result = answer["result"] if isinstance(answer["result"], dict) else {}
    outcome = result.get("outcome")
    if phase in requests.READING:
        return {"changed": False, "outcome": "done", "quiet": True}
    changed = phase in requests.CHANGING and outcome in ("activated", "reverted")
    return {"changed": changed, "outcome": reply.plain(outcome, 60) if outcome else "done"}
