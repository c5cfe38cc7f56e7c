"""Which statements of a file need not be run: nothing in them could lead to a finding of a default rule."""

from torchtielint.semantics.screen.choose import Screened, screened

__all__ = ["Screened", "screened"]
