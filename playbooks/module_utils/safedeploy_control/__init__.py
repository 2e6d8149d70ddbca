"""What the action and callback plugins share, on the control machine: the bundle, requests, replies, the ledger.

Standard library only; no import of ansible or safedeploy. Formats: docs/architecture.md, sections 4 and 5.
"""
