"""What stays the same of a finding while the lines around it move."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from torchtielint.findings import Finding


def fingerprinted(findings: Iterable[Finding], path_of: Callable[[Finding], str]) -> Iterator[tuple[Finding, str]]:
    """Each finding with a fingerprint of its own, made of code, path and symbol, and of no line number.

    Those that agree in all three are told apart by their order in the file.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        key = (finding.code, path_of(finding), finding.symbol)
        text = "\0".join((*key, str(seen[key])))
        seen[key] += 1
        yield finding, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
