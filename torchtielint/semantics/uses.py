"""What the methods of a file do with what their modules hold; lives as long as the analysis of the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchtielint.semantics.definitions import FunctionModel
    from torchtielint.semantics.facts.use import DetachedUse, PlainTensorRead, RegisteredLate
    from torchtielint.semantics.gradients import DetachedRead
    from torchtielint.semantics.initialisation import Candidate
    from torchtielint.semantics.records import TensorRecord
    from torchtielint.semantics.site import Site
    from torchtielint.semantics.templates import Template
    from torchtielint.semantics.unused import Unread
    from torchtielint.semantics.values import Value

    Noted = tuple[FunctionModel | None, list[tuple[Value, TensorRecord | None]]]


@dataclass(frozen=True, slots=True)
class TiedTable:
    """An embedding whose weight is an output layer's as well.

    Args:
        site: where the tie is made.
        names: of the embedding and of the layer.
        modules: the two, by identity.
        made: where their weight was made.
        from_table: the weight is the one that the embedding made, with the values that torch draws for it.
        padding: the embedding has a row for padding.
    """

    site: Site
    names: tuple[str, str]
    modules: frozenset[int]
    made: frozenset[Site]
    from_table: bool
    padding: bool


@dataclass(eq=False, slots=True)
class Placement:
    """What is known of where tensors are, by the sites at which they were made.

    Args:
        operands: what forwards take together with something that moves with the model.
        minded: what is moved or handed on, or of which the device or dtype is asked.
        told: what a factory made on a device that it was told.
        fresh: what a factory made that reads the values of tensors, wherever they are.
        found: attributes that hold a tensor of that site, judged when everything ran.
        several: what has at least one dimension for sure; torch takes what has none from the CPU for any device.
        assigned: the names of attributes that are set on objects that are not known.
        elsewhere: the file sets the device on which all factories make their tensors.
    """

    operands: set[Site] = field(default_factory=set)
    minded: set[Site] = field(default_factory=set)
    told: set[Site] = field(default_factory=set)
    fresh: set[Site] = field(default_factory=set)
    found: list[tuple[Site, PlainTensorRead]] = field(default_factory=list)
    several: set[Site] = field(default_factory=set)
    assigned: set[str] = field(default_factory=set)
    elsewhere: bool = False


@dataclass(eq=False, slots=True)
class Uses:
    """What was noted, judged when everything ran.

    Args:
        run_by_constructors: the functions that some constructor runs, the forwards of its modules among them.
        optimising: the entry points that build an optimizer of their own.
        late: registrations by a forward, with the function that was the entry point.
        called: the functions that some code calls.
        called_on_unknown: the names of methods that are called on objects that are not known.
        sizes: the arguments of entry points that were used as sizes, so that they are numbers.
        writers: the entry points from which a tensor made without values gets some, by where it was made.
        initialised_names: attributes of objects that are not known that get values, and the classes that a test says
            the objects have (None: any); "" stands for any attribute.
        copies: how often a module was copied (a loop counts as twice), and by what.
        modules: the modules that are called, whose attributes a method reads, or that are handed on.
        modules_by_name: the modules of which attributes with names that are not known are read.
        read_on_things: the names of attributes that are read of objects that are not known.
        templates: the modules that were copied, and that no method of their class uses.
        plain: the tensors that are read with their gradients, or whose values come from elsewhere.
        detached: the reads of a forward without a gradient; `detached_uses`: those of parameters that are not plain.
        unread: the parameters and modules that no method of their class was seen to use.
        uninitialised: the Parameters without values at the end of their constructors.
        placement: where tensors are, and who minds.
        given: tensors that get values after they were made, or are handed to code that may give them some.
        noted: what was in a module when code that is not known was last seen to get it, and from which entry point.
        hooked: tensors whose gradients a hook sees.
        scaled: the layers whose outputs are multiplied or divided.
        tied_tables: the embeddings that are output layers as well.
    """

    run_by_constructors: set[FunctionModel] = field(default_factory=set)
    optimising: set[FunctionModel] = field(default_factory=set)
    late: list[tuple[FunctionModel, RegisteredLate]] = field(default_factory=list)
    called: set[FunctionModel] = field(default_factory=set)
    called_on_unknown: set[str] = field(default_factory=set)
    sizes: set[int] = field(default_factory=set)
    writers: dict[Site, set[FunctionModel | None]] = field(default_factory=dict)
    initialised_names: dict[str, set[Value | None]] = field(default_factory=dict)
    copies: dict[int, tuple[int, str]] = field(default_factory=dict)
    modules: set[int] = field(default_factory=set)
    modules_by_name: set[int] = field(default_factory=set)
    read_on_things: set[str] = field(default_factory=set)
    templates: list[Template] = field(default_factory=list)
    plain: set[int] = field(default_factory=set)
    detached: dict[DetachedRead, None] = field(default_factory=dict)
    detached_uses: list[DetachedUse] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    uninitialised: list[Candidate] = field(default_factory=list)
    placement: Placement = field(default_factory=Placement)
    given: set[Site] = field(default_factory=set)
    noted: dict[Value, Noted] = field(default_factory=dict)
    hooked: set[Site] = field(default_factory=set)
    scaled: frozenset[int] = frozenset()
    tied_tables: list[TiedTable] = field(default_factory=list)
