"""The only modules that import ansible-core as a library.

ansible-core 2.19 has no stable interface for this, hence the pin to one minor release in pyproject.toml and the tests
that compare with a real ansible-playbook. Nothing here decides; values go in and come out.
"""
