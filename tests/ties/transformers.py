"""Models in the styles in which transformers are published; `tests/test_ties.py` builds each of them."""

import copy

import torch
from torch import nn


class TokenEmbedding(nn.Module):
    def __init__(self, num_tokens, dim):
        super().__init__()
        self.emb = nn.Embedding(num_tokens, dim)


class FeedForward(nn.Module):
    def __init__(self, dim, mult=4):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(dim, dim * mult), nn.GELU(), nn.Linear(dim * mult, dim))


class Attention(nn.Module):
    def __init__(self, dim, heads=2, shared_kv=False):
        super().__init__()
        self.heads = heads
        self.scale = (dim // heads) ** -0.5
        self.to_q = nn.Linear(dim, dim, bias=False)
        self.to_k = nn.Linear(dim, dim, bias=False)
        self.to_v = nn.Linear(dim, dim, bias=False) if not shared_kv else self.to_k
        self.norm = nn.LayerNorm(dim)


class Layer(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.attn = Attention(dim, shared_kv=True)
        self.ff = FeedForward(dim)


class LanguageModel(nn.Module):
    def __init__(self, num_tokens, dim):
        super().__init__()
        self.token_emb = TokenEmbedding(num_tokens, dim)
        self.layers = nn.ModuleList([])
        for _ in range(2):
            self.layers.append(nn.ModuleList([Attention(dim), FeedForward(dim)]))
        self.to_logits = nn.Linear(dim, num_tokens, bias=False)
        self.to_logits.weight = self.token_emb.emb.weight


class TiedByMethod(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.model = nn.Module()
        self.model.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.post_init()

    def post_init(self):
        self.tie_weights()

    def get_input_embeddings(self):
        return self.model.embed_tokens

    def get_output_embeddings(self):
        return self.lm_head

    def tie_weights(self):
        self.get_output_embeddings().weight = self.get_input_embeddings().weight


class Encoder(nn.Module):
    def __init__(self, dim, embed_tokens):
        super().__init__()
        self.embed_tokens = embed_tokens
        self.block = Layer(dim)


class EncoderDecoder(nn.Module):
    """T5: one embedding, under three names; the head is tied to it."""

    def __init__(self, num_tokens, dim):
        super().__init__()
        self.shared = nn.Embedding(num_tokens, dim)
        self.encoder = Encoder(dim, self.shared)
        self.decoder = Encoder(dim, self.shared)
        self.lm_head = nn.Linear(dim, num_tokens, bias=False)
        self.lm_head.weight = self.shared.weight


class Albert(nn.Module):
    """One layer, as often as one likes."""

    def __init__(self, dim, depth):
        super().__init__()
        layer = Layer(dim)
        self.layers = nn.ModuleList([layer, layer, layer])
        self.depth = depth * 2


class Stack(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.first = Layer(dim)
        self.rest = nn.Sequential(*[Layer(dim) for _ in range(2)])


class SharedAcrossLayers(nn.Module):
    """Only the attention is shared between the layers."""

    def __init__(self, dim):
        super().__init__()
        attention = Attention(dim)
        self.layers = nn.ModuleList([nn.ModuleList([attention, FeedForward(dim)]) for _ in range(3)])


class Wrapped(nn.Module):
    def __init__(self, num_tokens, dim):
        super().__init__()
        self.net = LanguageModel(num_tokens, dim)
        self.head = nn.Linear(dim, num_tokens)
        self.head.weight = self.net.token_emb.emb.weight


class TwoTowers(nn.Module):
    def __init__(self, num_tokens, dim):
        super().__init__()
        self.text = LanguageModel(num_tokens, dim)
        self.image = LanguageModel(num_tokens, dim)
        self.logit_scale = nn.Parameter(torch.ones(()))
        self.ema = copy.deepcopy(self.text)


class MutualLayers(nn.Module):
    """Universal transformer: the second half takes the parameters of the first."""

    def __init__(self, dim):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(dim, dim) for _ in range(4)])
        for i in range(2):
            self.layers[i + 2].weight = self.layers[i].weight
