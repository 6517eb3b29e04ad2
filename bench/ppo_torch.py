"""One timestep of PPO with PyTorch and transformers, for comparison: answers requests on standard input, one a line.

What the tutorial's kind of code does, written plainly: prompts padded on the left to the longest, answers from `generate`, then a
full forward pass each for the old log-probabilities, the reference, the critic and the reward model; in the update a forward and
backward pass of actor and critic with logits at all positions, the gradient norm clipped, Adam. Float32, four models.

Arguments: folder, manner. `plain` is the fastest that transformers has: fused attention, no dropout. `tutorial` does as the tutorial
of 2023: attention step by step, and GPT-2's dropout of .1 in the updates.
The folder's `config.json` gives the shape; with weights in it they are read, otherwise drawn at random.
"""

import copy
import json
import resource
import sys
import time
from pathlib import Path

import torch
import torch_device
from transformers import GPT2Config, GPT2LMHeadModel, GPT2Model

PAD = 0
CLIP, KL_COEF, GAMMA, LAMBDA, MAX_NORM, RATE, EPSILON = 0.2, 0.02, 1.0, 0.95, 1.0, 1e-5, 1e-5
MANNERS = {"plain": (0.0, "sdpa"), "tutorial": (0.1, "eager")}  # dropout, attention


class ValueModel(torch.nn.Module):
    """The body and a line: one value a token. Reward model and critic."""

    def __init__(self, config):
        super().__init__()
        self.transformer = GPT2Model(config)
        self.value_fn = torch.nn.Linear(config.n_embd, 1, bias=False)

    def forward(self, **inputs):
        return self.value_fn(self.transformer(use_cache=False, **inputs).last_hidden_state).squeeze(-1)


def load(folder, manner):
    """Actor, reference, critic, reward model; Adam for actor and critic."""
    dropout, attention = MANNERS[manner]
    rates = {"attn_pdrop": dropout, "embd_pdrop": dropout, "resid_pdrop": dropout}
    config = GPT2Config.from_pretrained(folder, attn_implementation=attention, **rates)
    if (Path(folder) / "model.safetensors").exists():
        actor = GPT2LMHeadModel.from_pretrained(folder, config=config, dtype=torch.float32)
    else:
        actor = GPT2LMHeadModel(config)
    actor.generation_config.eos_token_id = None
    critic = ValueModel(config)
    critic.transformer.load_state_dict(actor.transformer.state_dict())
    models = {"actor": actor, "reference": copy.deepcopy(actor), "critic": critic, "reward": copy.deepcopy(critic)}
    for model in models.values():
        model.to(torch_device.DEVICE).eval()
    for name in ("reference", "reward"):
        models[name].requires_grad_(False)
    adam = {name: torch.optim.Adam(models[name].parameters(), lr=RATE, eps=EPSILON) for name in ("actor", "critic")}
    return models, adam


def inputs_of(ids, mask):
    return {"input_ids": ids, "attention_mask": mask, "position_ids": (mask.cumsum(-1) - 1).clamp(min=0)}


def log_probs_of(actor, inputs):
    logits = actor(use_cache=False, **inputs).logits
    log_probs = torch.log_softmax(logits[:, :-1], dim=-1)
    return log_probs.gather(-1, inputs["input_ids"][:, 1:, None]).squeeze(-1)


def generate(actor, prompts, new):
    """Ids and mask of prompts, padded on the left, with `new` tokens behind them."""
    width = max(len(prompt) for prompt in prompts)
    ids = torch.tensor([[PAD] * (width - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    ids = actor.generate(ids, attention_mask=mask, do_sample=True, temperature=1.0, top_k=0, top_p=1.0,
                         min_new_tokens=new, max_new_tokens=new, pad_token_id=PAD)
    return ids, torch.cat([mask, torch.ones(len(prompts), new, dtype=mask.dtype)], dim=1)


def gae(rewards, values):
    """advantages_t = delta_t + gamma lambda advantages_t+1, delta_t = r_t + gamma V_t+1 - V_t"""
    advantages, following = torch.zeros_like(rewards), torch.zeros(len(rewards))
    for step in range(rewards.shape[1] - 1, -1, -1):
        after = values[:, step + 1] if step + 1 < rewards.shape[1] else 0.0
        following = rewards[:, step] + GAMMA * after - values[:, step] + GAMMA * LAMBDA * following
        advantages[:, step] = following
    return advantages


@torch.no_grad()
def score(models, ids, mask, new, timed):
    """Everything the update reads: all but ids and mask are [batch, answer]."""
    inputs = inputs_of(ids, mask)
    old, reference = timed("log_probs", lambda: [log_probs_of(models[name], inputs)[:, -new:]
                                                 for name in ("actor", "reference")])
    values, scores = timed("values", lambda: (models["critic"](**inputs)[:, -new - 1:-1],
                                              models["reward"](**inputs)[:, -1]))
    rewards = -KL_COEF * (old - reference)
    rewards[:, -1] += scores.clamp(-5, 5)
    advantages = gae(rewards, values)
    returns = advantages + values
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    return {"inputs": inputs, "old": old, "values": values, "advantages": advantages, "returns": returns}


def step(model, adam, loss):
    adam.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
    adam.step()


def update_actor(actor, adam, batch, new):
    log_probs = log_probs_of(actor, batch["inputs"])[:, -new:]
    ratio = torch.exp(log_probs - batch["old"])
    advantages = batch["advantages"]
    loss = torch.max(-advantages * ratio, -advantages * ratio.clamp(1 - CLIP, 1 + CLIP)).mean()
    step(actor, adam, loss)
    return loss.item()


def update_critic(critic, adam, batch, new):
    values = critic(**batch["inputs"])[:, -new - 1:-1]
    clipped = torch.clamp(values, batch["values"] - CLIP, batch["values"] + CLIP)
    wrong = torch.max((values - batch["returns"]) ** 2, (clipped - batch["returns"]) ** 2)
    loss = 0.5 * wrong.mean()
    step(critic, adam, loss)
    return loss.item()


def timestep(models, adam, request):
    """One timestep and its update; seconds by part, of all epochs together."""
    torch.manual_seed(request["seed"])
    new, seconds = request["new"], {}

    def timed(part, work):
        torch_device.wait()
        start = time.perf_counter()
        result = work()
        torch_device.wait()
        seconds[part] = seconds.get(part, 0) + time.perf_counter() - start
        return result

    ids, mask = timed("generate", lambda: generate(models["actor"], request["prompts"], new))
    batch = timed("score", lambda: score(models, ids, mask, new, timed))
    for name in ("actor", "critic"):
        models[name].train()
    losses = []
    for _ in range(request["epochs"]):
        actor = timed("actor", lambda: update_actor(models["actor"], adam["actor"], batch, new))
        critic = timed("critic", lambda: update_critic(models["critic"], adam["critic"], batch, new))
        losses.append([actor, critic])
    for name in ("actor", "critic"):
        models[name].eval()
    return {"seconds": seconds, "losses": losses, "tokens": mask.sum().item()}


def product(seconds):
    """Best speed of 3072 x 768 x 3072 in GFLOP/s within about `seconds`."""
    a, b = torch.randn(3072, 768), torch.randn(768, 3072)
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        torch_device.wait()
        start = time.perf_counter()
        torch.mm(a, b)
        torch_device.wait()
        best = min(best, time.perf_counter() - start)
    return {"gflops": 2 * 3072 * 768 * 3072 / best / 1e9}


def main():
    folder, manner = sys.argv[1:]
    where = torch_device.choose()
    models, adam = load(folder, manner)
    attention = models["actor"].config._attn_implementation
    greeting = {"torch": torch.__version__, "threads": torch.get_num_threads(), "attention": attention, **where}
    print(json.dumps(greeting), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if request["ask"] == "product":
            answer = product(request["seconds"])
        else:
            answer = timestep(models, adam, request)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({**answer, "peak": peak}), flush=True)


main()
