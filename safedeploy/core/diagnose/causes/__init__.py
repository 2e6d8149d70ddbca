"""The causes that are known, each in a file of its own with what it is judged by."""

from __future__ import annotations

from safedeploy.core.diagnose.causes import (
    application,
    backend,
    certificate,
    change,
    descriptors,
    disk,
    files,
    flood,
    hand_edit,
    httpd,
    memory,
    network,
    upstream,
    workers,
)

# In the order in which equals are told.
CAUSES = (
    change.CAUSE,
    hand_edit.CAUSE,
    httpd.CAUSE,
    backend.CAUSE,
    network.CAUSE,
    upstream.CAUSE,
    workers.CAUSE,
    descriptors.CAUSE,
    disk.CAUSE,
    memory.CAUSE,
    certificate.CAUSE,
    files.CAUSE,
    application.CAUSE,
    flood.CAUSE,
)
