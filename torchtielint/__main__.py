"""The command `torchtielint`, also as `python -m torchtielint`."""

from __future__ import annotations

import sys

VERSION = (["--version"], ["-V"])


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in VERSION:  # as every bug report and many scripts ask: the parser takes longer than the answer
        from torchtielint import __version__

        sys.stdout.write(f"torchtielint {__version__}\n")
        sys.exit()
    from torchtielint.cli import execute

    sys.exit(execute())


if __name__ == "__main__":
    main()
