"""Run a playbook with the environment's own Ansible, through ansible-runner."""

from safedeploy.adapters.runner.play import RunResult, run

__all__ = ["RunResult", "run"]
