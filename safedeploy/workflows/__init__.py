"""The order of things: resolve, render, observe, plan, preflight, rollout, settle."""
