"""What an expression may be, read off its syntax alone: the fewest distinctions that the screen can do with."""

from __future__ import annotations

import enum


class Kind:
    """What a value may be; several where the syntax does not tell.

    DATA registers and trains nothing: numbers, strings, classes, functions, configurations. CONTAINER is a plain list,
    tuple, set or dict with modules or parameters in it; GIVEN is an argument, of which only the caller knows more,
    and MADE what calling one returns. FOREIGN is what a function of another package returns;
    LISTED is torch's own list or dict of modules, which nobody calls. They are bits of an
    integer: `enum.Flag` takes ten times as long.
    """

    DATA = 0
    MODULE = 1
    PARAMETER = 2
    TENSOR = 4
    CONTAINER = 8
    SELF = 16
    GIVEN = 32
    MADE = 64
    FOREIGN = 128
    LISTED = 256


STATE = Kind.MODULE | Kind.PARAMETER | Kind.MADE | Kind.FOREIGN
HELD = STATE | Kind.CONTAINER
KEPT = HELD & ~Kind.FOREIGN


Kinds = int


class Suspicion(enum.Enum):
    """Why a statement is run."""

    WORD = "a word that only rules are interested in"
    PRETRAINED = "it speaks of models of transformers"
    SUPER_INIT = "the constructor does not begin with super().__init__()"
    CLASS_BODY = "the class does more than define methods and plain attributes"
    BASE = "a base is suspicious"
    PLAIN_CONTAINER = "an attribute is a plain container"
    PLAIN_TENSOR = "an attribute is a plain tensor"
    PARAMETER = "a Parameter is made of more than fresh values"
    CHILD_CHANGED = "an attribute of another object is assigned"
    IN_PLACE = "something is changed in place"
    REBOUND = "an attribute is several things"
    ALIAS = "one object goes to several places"
    CREATED = "a forward makes modules"
    LOOP = "a loop assigns an attribute"
    SELF_PASSED = "the object itself goes somewhere"
    CONTAINER_CALL = "a container of torch's is made in an unusual way"
    DEFAULT = "a default argument makes something"
    NAME = "an attribute has a name that the class has too"
    CALLEE = "it calls something suspicious"
    TOP_LEVEL = "it binds a module or a parameter at the top level"
    REPEATED = "a list is repeated"
