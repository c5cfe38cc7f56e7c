"""Put each rule's mistake into published classes, see under torch that it took effect, and count what the linter finds.

Beside each mistake stands its twin, the same edit written rightly, on which the rule must be silent. Needs torch; pip
fetches the packages into the cache of `scripts/ecosystem.py`. See `benchmarks/README.md`.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from injections.everything import INJECTIONS
from injections.hosting import usable_hosts
from injections.measure import Case, judge, plan, prove, write
from injections.packages import EcosystemError, default_cache
from injections.report import below, shown, table, unread


@contextlib.contextmanager
def folder(kept: Path | None) -> Iterator[Path]:
    """Where the projects are written: a place to keep, or one that goes away."""
    if kept is None:
        with tempfile.TemporaryDirectory() as made:
            yield Path(made)
    else:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()


def main() -> int:
    """Print the table and what was missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rules", nargs="*", help="only these rules, by code")
    parser.add_argument("--each", type=int, default=6, help="classes for each rule and way [%(default)s]")
    parser.add_argument("--seed", type=int, default=0, help="decides which classes and names [%(default)s]")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once [%(default)s]")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="folder of unpacked packages [%(default)s]")
    parser.add_argument("--keep", type=Path, help="an empty folder to leave the projects in")
    parser.add_argument(
        "--check", action="store_true", help="exit 1 if a default rule finds less than 95%% or a twin is flagged"
    )
    options = parser.parse_args()
    if unknown := set(options.rules) - INJECTIONS.keys():
        parser.error(f"no injection for {', '.join(sorted(unknown))}")
    chosen = [INJECTIONS[code] for code in options.rules or INJECTIONS]

    try:
        hosts, environment = usable_hosts(options.cache.resolve(), seed=options.seed, jobs=options.jobs)
    except EcosystemError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    with folder(options.keep) as root:
        cases: list[Case] = plan(chosen, hosts, each=options.each, seed=options.seed)
        write(cases, root)
        proven = prove(cases, root, environment, each=options.each, jobs=options.jobs)
        judge(proven, root, jobs=options.jobs)
    sys.stdout.write(f"{table(proven)}\n\n{shown(proven)}{unread(cases)}")
    return 1 if options.check and below(proven) else 0


if __name__ == "__main__":
    sys.exit(main())
