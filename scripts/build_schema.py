"""Write the JSON schema of the configuration; a test fails where it is not what this writes."""

from __future__ import annotations

import json
from pathlib import Path

from torchtielint.schema import NAME, schema

PLACE = Path(__file__).resolve().parent.parent / "torchtielint" / NAME


def text() -> str:
    """The file as it must be."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    PLACE.write_text(text(), encoding="utf-8")
