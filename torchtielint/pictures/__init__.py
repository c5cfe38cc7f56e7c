"""Pictures of the JSON that `torchtielint ties` writes: a page, a drawing for a README, a diagram for Markdown.

They know the document and nothing else: no torch, no project, no network.
"""

from __future__ import annotations

from torchtielint.pictures.html import render_html
from torchtielint.pictures.mermaid import render_mermaid
from torchtielint.pictures.svg import render_svg

__all__ = ["render_html", "render_mermaid", "render_svg"]
