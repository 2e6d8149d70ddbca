"""safedeploy.yml: how a rollout goes, for each environment.

`load(project)` reads and checks the file; `Settings.policy(environment)` is the pure value that the rest works with. No
key has an effect that docs/settings.md does not describe.
"""

from .load import FILE_NAME, Settings, load

__all__ = ["FILE_NAME", "Settings", "load"]
