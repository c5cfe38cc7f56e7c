"""1xx: names that modules register under, and what stands in their way."""

from __future__ import annotations

from collections.abc import Iterator

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Severity
from torchtielint.semantics.facts.names import HiddenChild, Holder, NameRefused, Refusal, WrongKindAssigned


def _symbol(owner: str, attribute: str) -> str:
    return f"{owner}.{attribute.rpartition('.')[2]}"


_HOLDERS = {
    Holder.PLAIN: "a plain attribute",
    Holder.PARAMETER: "a parameter",
    Holder.BUFFER: "a buffer",
    Holder.MODULE: "a child module",
    Holder.CLASS: "an attribute of the class",
    Holder.METHOD: "a method",
    Holder.PROPERTY: "a property",
    Holder.TORCH: "an attribute of the torch class",
}


@rule("TTL110", "registration-name-clash", on=NameRefused, severity=Severity.ERROR)
def registration_name_clash(fact: NameRefused) -> Iterator[Report]:
    """A parameter, buffer or module is registered under a name that torch refuses."""
    advice = "choose another name"
    what = f"the key of an `{fact.owner}`" if fact.what == "key" else f"the name of the {fact.what}"
    match fact.refusal, fact.holder:
        case Refusal.DOT, _:
            message = f"`{fact.name}` is {what} and has a dot in it, which raises KeyError"
            advice = 'put something else in its place: `name.replace(".", "_")`'
        case Refusal.TAKEN, Holder() as holder:
            does = "this key" if fact.what == "key" else f"registering the {fact.what}"
            message = f"`{fact.name}` is {_HOLDERS[holder]} already: {does} raises KeyError"
            if holder is Holder.PLAIN:
                advice = "leave the plain assignment out, or delete the attribute first"
        case _:
            message = f"{what} is the empty string, which raises KeyError"
    notes = (("it is set here", fact.other),) if fact.other is not None else ()
    yield Report(fact.site, message, advice, notes, symbol=_symbol(fact.owner, fact.name))


@rule("TTL110", "registration-name-clash", on=WrongKindAssigned, severity=Severity.ERROR)
def wrong_kind_assigned(fact: WrongKindAssigned) -> Iterator[Report]:
    """A child module or buffer is assigned something of another kind."""
    takes = "a module" if fact.holder is Holder.MODULE else "a tensor"
    yield Report(
        fact.site,
        f"`{fact.attribute}` is {_HOLDERS[fact.holder]}: it takes {takes} or None, this {fact.new} raises TypeError",
        f"give the {fact.new} another name, or delete the {fact.holder.value} first",
        (("it is registered here", fact.registered),) if fact.registered is not None else (),
        symbol=_symbol(fact.owner, fact.attribute),
    )


@rule("TTL115", "class-attribute-shadows-child", on=HiddenChild, severity=Severity.ERROR)
def class_attribute_shadows_child(fact: HiddenChild) -> Iterator[Report]:
    """A child module has the name of a class attribute or method, which is what reading the name gives."""
    name = fact.attribute.rpartition(".")[2]
    hidden_by = f"the class attribute `{name} = {fact.literal}`" if fact.literal else _HOLDERS[fact.hidden_by]
    advice = "give the module another name"
    if fact.hidden_by is Holder.CLASS:
        advice = f"remove the class attribute; a bare annotation (`{name}: nn.Module`) declares without hiding"
    yield Report(
        fact.site,
        f"`{fact.attribute}` registers a child module that nothing can reach: reading it gives {hidden_by}",
        advice,
        (("the class defines the name here", fact.defined),) if fact.defined is not None else (),
        symbol=_symbol(fact.owner, fact.attribute),
    )
