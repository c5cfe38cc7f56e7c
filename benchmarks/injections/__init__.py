"""Mistakes put into published classes, and how many of them the linter finds: what `benchmarks/injection.py` runs."""
