"""Colours of the terminal, and text that is safe to send there."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from torchtielint.findings import Severity

_CODES = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}
# Controls, formats (they turn the direction of a line around, or hide) and what has no glyph: what a reader sees must
# be what Python reads.
_ESCAPED = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Style:
    """Dresses text for a terminal; leaves it as it is where colours, or links, are off."""

    on: bool = False
    links: bool = False

    def link(self, text: str, url: str) -> str:
        """Text, dressed or not, that leads to an address."""
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if self.links else text

    def severity(self, text: str, severity: Severity) -> str:
        """Text in the colour of a severity."""
        return self._dress(text, _CODES[severity])

    def strong(self, text: str) -> str:
        """Text that stands out."""
        return self._dress(text, "1")

    def faint(self, text: str) -> str:
        """Text that frames the rest: line numbers, bars, addresses."""
        return self._dress(text, "2")

    def frame(self, text: str) -> str:
        """The frame of a snippet."""
        return self._dress(text, "34")

    def other(self, text: str) -> str:
        """The mark of another place that explains a finding."""
        return self._dress(text, "1;34")

    def gone(self, text: str) -> str:
        """A line that a fix takes away."""
        return self._dress(text, "31")

    def come(self, text: str) -> str:
        """A line that a fix brings."""
        return self._dress(text, "32")

    def _dress(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text


def severity_mark(severity: Severity) -> str:
    """A severity in words, to stand behind a name: colour alone tells nothing to a pipe or a screen reader."""
    return "" if severity is Severity.ERROR else f", {severity.value}"


def visible(text: str) -> str:
    """A text with everything escaped that a terminal would act upon or not show."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(shown_character(character) for character in text)


def shown_character(character: str) -> str:
    """One character as it is shown."""
    if unicodedata.category(character) in _ESCAPED:
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character


def cells(text: str) -> int:
    """How many columns of a terminal a shown text takes."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
