"""The peer of the layer profiler: a Llama in PyTorch, decoding with and without forward hooks.

Reads orders from stdin, a JSON object a line, and answers each with one on stdout:
  {"hooks": "none" | "times" | "statistics", "tokens": N}  ->  {"ms": milliseconds per decode step}
The first line out says which PyTorch this is.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

LAYERS, HIDDEN, MLP, HEADS, VOCABULARY = 12, 768, 2048, 12, 50257
PROMPT = 9


class RmsNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(HIDDEN))

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5)


def rotate(x, position):
    half = x.shape[-1] // 2
    speeds = 1.0 / (10000 ** (torch.arange(half, dtype=torch.float32) / half))
    angles = (position[:, None] * speeds).repeat(1, 2)
    turned = torch.cat((-x[..., half:], x[..., :half]), dim=-1)
    return x * angles.cos() + turned * angles.sin()


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self, name, nn.Linear(HIDDEN, HIDDEN, bias=False))

    def forward(self, x, past, position):
        def heads(y):
            return y.view(y.shape[0], HEADS, -1).transpose(0, 1)

        q = rotate(heads(self.q_proj(x)), position)
        k = rotate(heads(self.k_proj(x)), position)
        v = heads(self.v_proj(x))
        if past is not None:
            k = torch.cat((past[0], k), dim=1)
            v = torch.cat((past[1], v), dim=1)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=past is None)
        return self.o_proj(mixed.transpose(0, 1).reshape(x.shape)), (k, v)


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate_proj = nn.Linear(HIDDEN, MLP, bias=False)
        self.up_proj = nn.Linear(HIDDEN, MLP, bias=False)
        self.down_proj = nn.Linear(MLP, HIDDEN, bias=False)
        self.act_fn = nn.SiLU()

    def forward(self, x):
        return self.down_proj(self.act_fn(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layernorm = RmsNorm()
        self.self_attn = Attention()
        self.post_attention_layernorm = RmsNorm()
        self.mlp = Mlp()

    def forward(self, x, past, position):
        mixed, kept = self.self_attn(self.input_layernorm(x), past, position)
        x = x + mixed
        return x + self.mlp(self.post_attention_layernorm(x)), kept


class Llama(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_tokens = nn.Embedding(VOCABULARY, HIDDEN)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm = RmsNorm()
        self.lm_head = nn.Linear(HIDDEN, VOCABULARY, bias=False)
        self.lm_head.weight = self.embed_tokens.weight

    def forward(self, ids, past, start):
        x = self.embed_tokens(ids)
        position = torch.arange(start, start + len(ids), dtype=torch.float32)
        kept = []
        for index, layer in enumerate(self.layers):
            x, cache = layer(x, None if past is None else past[index], position)
            kept.append(cache)
        return self.lm_head(self.norm(x[-1:])), kept


class Hooks:
    """What a PyTorch user does: times, or statistics, of every leaf module."""

    def __init__(self, model, kind):
        self.rows = []
        self.handles = []
        self.kind = kind
        if kind == "none":
            return
        for name, module in model.named_modules():
            if any(True for _ in module.children()):
                continue
            self.handles.append(module.register_forward_pre_hook(self.before))
            self.handles.append(module.register_forward_hook(self.after(name)))

    def before(self, _module, _inputs):
        self.began = time.perf_counter()

    def after(self, name):
        def hook(_module, _inputs, output):
            row = [name, time.perf_counter() - self.began]
            if self.kind == "statistics":
                size = output.abs()
                row += [
                    size.mean().item(),
                    output.std(unbiased=False).item(),
                    size.max().item(),
                    (size < 1e-4).float().mean().item(),
                ]
            self.rows.append(row)

        return hook

    def remove(self):
        for handle in self.handles:
            handle.remove()


def decode(model, tokens):
    """Milliseconds per decode step, the prefill left out."""
    logits, past = model(torch.arange(PROMPT), None, 0)
    began = time.perf_counter()
    for step in range(tokens):
        logits, past = model(logits[-1].argmax().view(1), past, PROMPT + step)
    return (time.perf_counter() - began) * 1000 / tokens


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(1)
    model = Llama().eval()
    print(json.dumps({"torch": torch.__version__}), flush=True)
    with torch.inference_mode():
        for line in sys.stdin:
            order = json.loads(line)
            hooks = Hooks(model, order["hooks"])
            ms = decode(model, order["tokens"])
            hooks.remove()
            print(json.dumps({"ms": ms, "rows": len(hooks.rows)}), flush=True)


if __name__ == "__main__":
    main()
