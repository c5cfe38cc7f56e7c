"""6xx on Hugging Face models: what transformers 5 loads, ties and saves otherwise than the class means."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.repairs import calls
from torchtielint.semantics.facts.hugging_face import (
    OldTyingApi,
    PostInitMissing,
    RawInitWrite,
    TieNeverMade,
    TieUndeclared,
    TyingMistake,
    ValueNotRestored,
)


@rule("TTL608", "hf-meta-init-loss", on=ValueNotRestored, severity=Severity.ERROR, transformers=5)
def value_not_restored(fact: ValueNotRestored) -> Iterator[Report]:
    """A value computed in the constructor of a Hugging Face model is lost when a checkpoint is loaded."""
    inside = "" if fact.owner == fact.model else f" (`{fact.owner}` is part of `{fact.model}`)"
    if fact.is_buffer:
        message = f"`from_pretrained` leaves the non-persistent buffer `{fact.name}` as uninitialised memory{inside}"
        remedy = f"compute it in `_init_weights` too: `init.copy_(module.{fact.name}, ...)`; or make it persistent"
    else:
        message = f"`from_pretrained` leaves the tensor `self.{fact.name}` on the meta device{inside}: it has no values"
        remedy = (
            "make it in `forward`, or keep plain numbers; a buffer is moved, but needs `_init_weights` or a checkpoint"
        )
    yield Report(
        fact.site,
        message,
        remedy,
        certainty=Certainty.PROVEN if fact.is_tensor else Certainty.LIKELY,
        symbol=f"{fact.owner}.{fact.name}",
    )


_TYING = {
    TyingMistake.LIST: (
        "`_tied_weights_keys` is a {detail}: transformers 5 reads `.keys()` of it, and raises AttributeError",
        'name the source of each target: `{{"lm_head.weight": "model.embed_tokens.weight"}}`',
    ),
    TyingMistake.MISSPELT: (
        "`{detail}` is read by nobody: the weights are not tied",
        'the attribute is `_tied_weights_keys`, a dict: `{{"lm_head.weight": "model.embed_tokens.weight"}}`',
    ),
    TyingMistake.SIGNATURE: (
        "`tie_weights` is called with `{detail}`, and raises TypeError",
        "take what the base takes: `def tie_weights(self, **kwargs)`; or declare `_tied_weights_keys` instead",
    ),
    TyingMistake.EMPTY: (
        "`_tied_weights_keys` is empty, so that `{detail}` is not tied, though the configuration says so",
        'declare the tie: `{{"{detail}.weight": "model.embed_tokens.weight"}}`',
    ),
}


@rule("TTL610", "hf-v4-tying-api", on=OldTyingApi, severity=Severity.ERROR, transformers=5)
def v4_tying_api(fact: OldTyingApi) -> Iterator[Report]:
    """A Hugging Face model declares its ties as transformers 4 read them."""
    message, remedy = _TYING[fact.mistake]
    yield Report(
        fact.site,
        message.format(detail=fact.detail),
        remedy.format(detail=fact.detail),
        certainty=Certainty.PROVEN if fact.certain else Certainty.LIKELY,
        symbol=fact.model,
    )


@rule("TTL601", "tied-keys-undeclared", on=TieUndeclared, severity=Severity.ERROR, transformers=5)
def tied_keys_undeclared(fact: TieUndeclared) -> Iterator[Report]:
    """A Hugging Face model ties weights that `_tied_weights_keys` does not name."""
    yield Report(
        fact.site,
        f"`{fact.second}` and `{fact.first}` are one, and `_tied_weights_keys` does not say so: "
        "`save_pretrained` raises RuntimeError",
        f"declare it on `{fact.model}`, and tie by `config.tie_word_embeddings`: "
        f'`_tied_weights_keys = {{"{_weight(fact.second)}": "{_weight(fact.first)}"}}`',
        symbol=fact.model,
    )


def _weight(path: str) -> str:
    return path if path.endswith(("weight", "bias")) else f"{path}.weight"


@rule("TTL601", "tied-keys-undeclared", on=TieNeverMade, severity=Severity.ERROR, transformers=5)
def tie_never_made(fact: TieNeverMade) -> Iterator[Report]:
    """A configuration says that the head is tied, and the model does not say to what."""
    yield Report(
        fact.site,
        f"`{fact.config}` has `tie_word_embeddings=True`, but without `_tied_weights_keys` `{fact.head}` is not tied",
        f'declare the tie: `_tied_weights_keys = {{"{fact.head}.weight": "model.embed_tokens.weight"}}`',
        certainty=Certainty.LIKELY,
        symbol=fact.model,
    )


@rule("TTL607", "hf-post-init-missing", on=PostInitMissing, severity=Severity.ERROR, transformers=5)
def post_init_missing(fact: PostInitMissing) -> Iterator[Report]:
    """The constructor of a Hugging Face model does not call `post_init()`."""
    effect = "building the model" if fact.legacy else "`from_pretrained`"
    called = " (`init_weights()` does not do its work)" if fact.legacy else ""
    yield Report(
        fact.site,
        f"`{fact.model}` never calls `post_init()`{called}: nothing is initialised or tied, "
        f"and {effect} raises AttributeError (`all_tied_weights_keys`)",
        "end the constructor with `self.post_init()`",
        symbol=fact.model,
        fix=partial(calls.call_post_init, fact),
    )


# What in-place methods are called among the functions that ask whether a weight was loaded.
_GUARDED = {"zero_": "zeros_", "fill_": "constant_"}


@rule("TTL609", "hf-init-weights-raw-write", on=RawInitWrite, severity=Severity.ERROR, transformers=5)
def init_weights_raw_write(fact: RawInitWrite) -> Iterator[Report]:
    """`_init_weights` writes to weights in place, loaded ones too."""
    function = _GUARDED.get(fact.operation, fact.operation if fact.operation.endswith("_") else "copy_")
    yield Report(
        fact.site,
        f"`{fact.target}` is overwritten even if it was loaded, where the checkpoint lacks another tensor there",
        f"leave loaded weights alone: `init.{function}({fact.target}, ...)`, of `torch.nn.init` or transformers'",
        certainty=Certainty.LIKELY,
        symbol=fact.target,
    )
