"""What mkdocs calls while it builds the site: generated pages join those of `docs/`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the rules and the settings."""
    from mkdocs.structure.files import File

    sys.path.insert(0, str(Path(__file__).parent))  # a hook is a file by itself, in no package
    from site_pages import pages_of_the_site

    for name, text in pages_of_the_site().items():
        files.append(File.generated(config, name, content=text))
    return files
