"""Run playbooks with the environment's own Ansible, through ansible-runner."""

from safedeploy.adapters.runner.play import Play, RunResult, Started, run

__all__ = ["Play", "RunResult", "Started", "run"]
