"""Inventory, variables and templating, by Ansible's own code.

`inventory` and `render` are the ways in; they know nothing of Ansible's classes. Only the modules in `library` import
ansible, and they are themselves imported when an inventory is loaded, because that import takes half a second.
"""
