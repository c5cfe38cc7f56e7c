"""What the interpreter saw, typed: what rules speak about; a module per family of rules.

A fact carries everything that a rule needs in words (names, operations, classes), as the state that it was seen in
is gone when the rule reads it.
"""
