"""Which statements of a file need not be run: nothing in them could lead to a finding of a default rule.

A new rule whose mistakes look like nothing that is suspicious here fails the tests of its own page and cases, which run
behind the screen: the screen has to learn what they look like.
"""

from torchtielint.semantics.screen.choose import Screened, screened

__all__ = ["Screened", "screened"]
