"""Whether visitors suffer, tick by tick, against what is usual. Pure."""
