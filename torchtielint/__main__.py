"""The command `torchtielint`, also as `python -m torchtielint`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from torchtielint.cli import execute

    sys.exit(execute())


if __name__ == "__main__":
    main()
