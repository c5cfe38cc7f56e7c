"""From the text of an exception to the arguments that do not raise it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from torchtielint.runtime.construct.choices import Call
from torchtielint.runtime.construct.infer import candidates
from torchtielint.runtime.construct.signature import EMPTY, Wanted, inherited

_MISSING = re.compile(r"missing \d+ required (?:positional|keyword-only) arguments?: (.*)")
_UNEXPECTED = re.compile(r"got an unexpected keyword argument '(\w+)'")
_MULTIPLE = re.compile(r"got multiple values for (?:keyword )?argument '(\w+)'")


def repairs(target: Callable[..., object], call: Call, error: BaseException) -> Iterator[tuple[int, Call]]:
    """Yield changed calls, each with how much is guessed in it."""
    text = str(error)
    if isinstance(error, TypeError):
        yield from _keywords(target, call, text)


def _keywords(target: Callable[..., object], call: Call, text: str) -> Iterator[tuple[int, Call]]:
    """Give what is missing, and take back what nobody takes or somebody else gives."""
    missing = _MISSING.search(text)
    if missing:
        changed = call
        for name in re.findall(r"'(\w+)'", missing[1]):
            one = inherited(target, name) or Wanted(name, EMPTY, EMPTY, positional=False, owner=target)
            changed = changed.put(name, candidates(target, one)[0])
        yield 0, changed
    refused = _UNEXPECTED.search(text) or _MULTIPLE.search(text)
    if refused and refused[1] in call.kwargs:
        yield 0, call.drop(refused[1])
