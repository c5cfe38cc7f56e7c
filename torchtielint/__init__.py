"""A linter for PyTorch models: what are the parameters, really, and which of them are one?"""

__version__ = "0.1.0"
