"""What a terminal can show beside text."""

from __future__ import annotations

import os
from typing import TextIO

# What terminals that know hyperlinks (OSC 8) call themselves; others would show the escapes, or nothing at all.
_PROGRAMS = frozenset({"ghostty", "Hyper", "iTerm.app", "rio", "Tabby", "vscode", "WarpTerminal", "WezTerm", "zed"})
_TERMS = ("alacritty", "contour", "foot", "wezterm", "xterm-ghostty", "xterm-kitty")
_VARIABLES = ("DOMTERM", "KONSOLE_VERSION", "WT_SESSION")
_VTE = 5000  # GNOME's terminals know them from version 0.50 on
_OFF = frozenset({"", "0", "false", "no"})


def shows_links(stream: TextIO, *, colour: bool) -> bool:
    """Whether to send hyperlinks to a stream: as FORCE_HYPERLINK says, else to a coloured terminal that knows them.

    Without colour there are none: who turned it off wants no escapes.
    """
    forced = os.environ.get("FORCE_HYPERLINK")
    if forced is not None:
        return forced.lower() not in _OFF
    if not colour or not stream.isatty() or os.environ.get("TMUX") or os.environ.get("STY"):
        return False
    if os.environ.get("TERM_PROGRAM") in _PROGRAMS or os.environ.get("TERM", "").startswith(_TERMS):
        return True
    vte = os.environ.get("VTE_VERSION", "")
    return any(os.environ.get(name) for name in _VARIABLES) or (vte.isdigit() and int(vte) >= _VTE)
