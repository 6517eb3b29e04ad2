"""Decoding with transformers, for comparison: answers requests on standard input, one a line.

A request is JSON, {"batch", "prompt", "new", "seed"}: prompts of random tokens, new tokens to draw. The answer is
{"prefill": seconds, "steps": [seconds, ...]}, one number for each token after the first. Started by decode.ts.
"""

import json
import sys
import time

import torch
import torch_device
from transformers import GPT2LMHeadModel, StoppingCriteria, StoppingCriteriaList


class Clock(StoppingCriteria):
    """Never stops; notes when each token was there."""

    def __init__(self):
        self.times = []

    def __call__(self, input_ids, scores, **_):
        torch_device.wait()
        self.times.append(time.perf_counter())
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)


def answer(model, batch, prompt, new, seed):
    torch.manual_seed(seed)
    ids = torch.randint(5, model.config.vocab_size, (batch, prompt))
    clock = Clock()
    torch_device.wait()
    start = time.perf_counter()
    with torch.inference_mode():
        out = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=True,
            temperature=1.0,
            top_k=0,
            top_p=1.0,
            repetition_penalty=1.0,
            max_new_tokens=new,
            eos_token_id=None,
            pad_token_id=0,
            stopping_criteria=StoppingCriteriaList([clock]),
        )
    assert out.shape == (batch, prompt + new), out.shape
    steps = [after - before for before, after in zip(clock.times, clock.times[1:])]
    return {"prefill": clock.times[0] - start, "steps": steps}


def main():
    where = torch_device.choose()
    model = GPT2LMHeadModel.from_pretrained(sys.argv[1], torch_dtype=torch.float32).to(torch_device.DEVICE).eval()
    model.generation_config.eos_token_id = None
    print(json.dumps({"threads": torch.get_num_threads(), "torch": torch.__version__, **where}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(model, **json.loads(line))), flush=True)


main()
