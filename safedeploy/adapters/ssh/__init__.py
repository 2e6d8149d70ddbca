"""Reads over SSH: every host of a fleet asked at once, over connections that are kept open between questions."""

from safedeploy.adapters.ssh.fleet import AgentFile, Fleet
from safedeploy.adapters.ssh.reply import Answer, Kind, Refusal, Reply, Unreachable, understood, why_not

__all__ = ["AgentFile", "Answer", "Fleet", "Kind", "Refusal", "Reply", "Unreachable", "understood", "why_not"]
