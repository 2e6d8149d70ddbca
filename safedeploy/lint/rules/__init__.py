"""The rules, one in each file. A file has one `RULE`; CONTRIBUTING.md says how to add one."""
