"""From syntax to meaning: what a file's expressions, statements and classes do to parameters."""
