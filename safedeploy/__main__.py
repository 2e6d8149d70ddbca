"""`python -m safedeploy`."""

from safedeploy.cli.main import run

if __name__ == "__main__":
    run()
