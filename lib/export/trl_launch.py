"""TRL 1.12.0: pip install trl==1.12.0 torch; run in this folder.

For several GPUs: accelerate launch launch.py.
"""

import json

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer
from trl.experimental.ppo import PPOConfig, PPOTrainer


class NormalisedScore(torch.nn.Module):
    """Normalises the reward model's scores to mean 0 and standard deviation 1, and clips them."""

    def __init__(self, score):
        super().__init__()
        self.score = score

    def forward(self, hidden):
        normalised = (self.score(hidden) - __MEAN__) / __DEVIATION__
        return normalised.clamp(-__LIMIT__, __LIMIT__)


ANSWERS_PER_PROMPT = __ANSWERS__
config = PPOConfig(
    __SETTINGS__,
    bf16=torch.cuda.is_available(),
    use_cpu=not torch.cuda.is_available(),
    stop_token="eos",
    num_sample_generations=0,
    report_to="none",
)
tokenizer = AutoTokenizer.from_pretrained("actor", padding_side="left")
policy = AutoModelForCausalLM.from_pretrained("actor")
reference = AutoModelForCausalLM.from_pretrained("actor")
reward = AutoModelForSequenceClassification.from_pretrained("reward", num_labels=1)
reward.score = NormalisedScore(reward.score)
critic = AutoModelForSequenceClassification.from_pretrained("critic", num_labels=1)
with open("prompts.jsonl", encoding="utf-8") as lines:
    texts = [json.loads(line)["input"] for line in lines]
ids = tokenizer(texts, add_special_tokens=False)["input_ids"]
prompts = Dataset.from_dict({"input_ids": [row for row in ids for _ in range(ANSWERS_PER_PROMPT)]})
trainer = PPOTrainer(
    args=config,
    processing_class=tokenizer,
    model=policy,
    ref_model=reference,
    reward_model=reward,
    value_model=critic,
    train_dataset=prompts,
    eval_dataset=prompts.select(range(min(16, len(prompts)))),
)
trainer.train()
trainer.save_model(config.output_dir)
