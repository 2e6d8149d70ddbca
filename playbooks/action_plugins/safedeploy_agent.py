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

What to do is read from the bundle (variable `safedeploy_bundle`, docs/architecture.md, section 5) and the request goes
over standard input, so that no content and no secret is in a variable, an argument or an event. The host's whole answer
is written to `results/<host>.<phase>.json` of the bundle; what this returns is safe to be shown. The program is staged
first where it is missing. `changed` means that the host serves something else than before.
"""

# ruff: noqa: INP001 - Ansible loads each plugin by its path; a package would be in its way
from __future__ import annotations

import functools
import json
import secrets
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

# Plugins can import each other's parts only by path: Ansible offers module_utils to modules alone.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "module_utils"))

from safedeploy_control import flood, ledger, line, outside, reply, requests
from safedeploy_control.bundle import Bundle, BundleError, Json
from safedeploy_host import health

# Seconds between questions whether the host is there, and how many go unanswered before it counts as gone.
_ALIVE = "-o ServerAliveInterval=5 -o ServerAliveCountMax=4"
_UNKNOWN = "It is not known whether the host was changed; what it recorded decides."


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """The action `safedeploy_agent`."""

    # The request goes over standard input, which needs no files on the host.
    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset({"phase", "host", "bundle", "fresh_connection", "unreachable_fails", "check_first"})
    # What is to be made before a request is sent; it is sent in two tries where the program is missing.
    _before: Callable[[], object] | None = None

    def run(self, tmp: str | None = None, task_vars: Json | None = None) -> Json:
        """Run the phase. Unreachable hosts raise, as everywhere in Ansible, unless they are to fail."""
        result: Json = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        host = str(self._task.args.get("host") or task_vars["inventory_hostname"])
        phase = self._task.args.get("phase")
        if phase not in requests.COMMANDS:
            raise AnsibleActionFail(f"phase must be one of {', '.join(requests.COMMANDS)}; it is {phase!r}.")
        try:
            bundle = Bundle.named(self._task.args, task_vars)
            request = requests.request(bundle, host, phase)
            checks = outside.configured(bundle, host) if self._is("check_first") else []
        except requests.NothingToDo as reason:
            return {**result, "changed": False, "skipped": True, "skip_reason": str(reason), "msg": str(reason)}
        except (BundleError, KeyError) as error:
            raise AnsibleActionFail(f"The bundle cannot be used: {error} Nothing was changed on this host.") from error
        if self._task.check_mode and phase in requests.CHANGING:
            return {**result, "changed": True, "skipped": True, "msg": "Check mode: nothing is changed."}
        self._insist_on_keys()
        self._notice_silence()
        if self._is("fresh_connection"):
            self._connect_anew()
        bundle.forget(host, requests.READING.get(phase, ()))
        if checks:
            address = str(self._templar.template(task_vars.get("ansible_host") or host))
            site = {"httpd": {"address": address}}
            self._before = functools.cache(lambda: outside.check(bundle, host, lambda todo: health.run(todo, site)))
        try:
            answer = self._ask(bundle, phase, request, task_vars)
        except outside.IllError as error:
            return {**result, **error.result}
        except AnsibleConnectionFailure as error:
            if not self._is("unreachable_fails"):
                raise
            return {**result, "changed": False, "failed": True, "code": ledger.UNREACHABLE, "msg": reply.plain(error)}
        path = bundle.write_answer(host, phase, answer)
        return {**result, **_shown(phase, answer, path)}

    def _is(self, argument: str) -> bool:
        return bool(boolean(self._task.args.get(argument, False)))

    def _notice_silence(self) -> None:
        """Have ssh give a host up that is not heard of any more; by itself it would wait until the task's time is over.

        What the inventory says comes earlier on ssh's command line, and so counts for more.
        """
        if self._connection.transport == "ssh":
            now = self._connection.get_option("ssh_extra_args") or ""
            self._connection.set_option("ssh_extra_args", f"{now} {_ALIVE}".strip())

    def _insist_on_keys(self) -> None:
        """No host is spoken to whose key is not known. Of several values ssh takes the first; this one comes first."""
        if self._connection.transport == "ssh":
            now = self._connection.get_option("ssh_args") or ""
            self._connection.set_option("ssh_args", f"-o StrictHostKeyChecking=yes {now}")

    def _connect_anew(self) -> None:
        """Leave ssh's open, multiplexed connection alone: only a new one proves that the host can be reached."""
        if self._connection.transport == "ssh":
            now = self._connection.get_option("ssh_args") or ""
            self._connection.set_option("ssh_args", f"-o ControlMaster=no -o ControlPath=none {now}")

    def _ask(self, bundle: Bundle, phase: str, request: Json, task_vars: Json) -> Json:
        """The program's answer, or a refusal in its form that says why there is none."""
        document = json.dumps(request).encode()
        agent = line.agent_path(request["site"]["state_dir"], bundle.agent_sha256)
        words = {"agent": agent, "command": requests.COMMANDS[phase], "python": self._python(task_vars)}
        said = self._execute(line.stored_line, words, document)
        if isinstance(said, str) and said.strip() == line.NO_AGENT:
            program = line.stage_input(bundle.program(), bundle.agent_sha256)
            said = self._execute(line.stage_line, words, program + document)
        if isinstance(said, dict):
            return said
        if said.strip() == line.NO_PYTHON:
            return reply.refused(
                "no-python",
                f"there is no {words['python'] or 'Python 3.8 or later'} on the host",
                state="Nothing was changed on this host.",
                todo="Install Python 3.8 or later, or set ansible_python_interpreter.",
            )
        return reply.parse(said) or reply.refused(
            "bug",
            f"the host's answer is not understood: {reply.plain(said[-300:]) or 'it said nothing'}",
            state=_UNKNOWN,
            todo="Look at the host with `safedeploy status`; run the playbook with -vvv to see the whole exchange.",
        )

    def _execute(self, make: Callable[..., str], words: Json, data: bytes) -> str | Json:
        """What the host said after the marker, or a refusal when it never got there."""
        marker = f"safedeploy:{secrets.token_hex(8)}"
        # With -vvv the ssh plugin prints what a host said, token and all, unless the play forbids it.
        self._connection._play_context.no_log = True  # noqa: SLF001 - it has no other switch
        held_back = outside.before_sending(self._connection, self._before, data) if self._before else nullcontext(data)
        with flood.Flood(self._connection) as watched, held_back as sent:
            done = self._low_level_execute_command(make(marker=marker, **words), in_data=sent)
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
