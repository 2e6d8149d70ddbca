"""The on-host program of safedeploy.

Standard library only, Python 3.8 and later, run as `python3 -I -S agent.pyz COMMAND`. Modules are imported when a
command needs them, because a start is paid for once per host and phase.
"""
