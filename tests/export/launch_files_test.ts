/** What a run becomes for OpenRLHF and TRL: the launch files hold the value of every setting. */
import assert from "node:assert/strict";
import { openRlhfLaunch, trlLaunch } from "../../lib/export/mod.ts";
import { validateSettings } from "../../lib/settings/mod.ts";

const settings = validateSettings({
  kl_coef: 0.03,
  lam: 0.9,
  query_len: 24,
  max_len: 96,
  learning_rate: 5e-5,
});
const launch = { settings, prompts: 1202, statistics: { mean: 6.5, deviation: 1.5 } };

Deno.test("OpenRLHF's flags hold the settings: 16 prompts x 20 timesteps a rollout, 3840 prompts in 4 passes", () => {
  const script = openRlhfLaunch(launch);
  for (
    const flag of [
      "--algo.kl.init_coef 0.03",
      "--algo.advantage.lambd 0.9",
      "--rollout.batch_size 320",
      "--train.batch_size 16",
      "--train.num_episodes 4", // 16 x 3 x 80 = 3840 prompts; 3840 / 1202 = 3.2
      "--rollout.max_new_tokens 24",
      "--actor.adam.lr 0.00005",
      "--critic.adam.lr 0.00005",
      "--reward.clip_range -5 5",
      "--reward.normalize_enable",
    ]
  ) assert.ok(script.includes(` ${flag} `) || script.includes(` ${flag}\n`), flag);
  assert.ok(!script.includes("gradient_checkpointing"), "a switch that is off is left out");
  assert.ok(!script.trimEnd().endsWith("\\"), "the command ends");
});

Deno.test("TRL's script pays normalised, clipped scores and makes 20 optimizer steps of 16 answers a pass", () => {
  const script = trlLaunch(launch);
  for (
    const line of [
      "kl_coef=0.03,",
      "lam=0.9,",
      "per_device_train_batch_size=320,",
      "num_mini_batches=20,",
      "total_episodes=3840,",
      "response_length=24,",
      "gradient_checkpointing=False,",
      "(self.score(hidden) - 6.5) / 1.5",
      "clamp(-5, 5)",
    ]
  ) assert.ok(script.includes(line), line);
  const raw = trlLaunch({ ...launch, settings: validateSettings({ normalise_scores: false }) });
  assert.ok(raw.includes("(self.score(hidden) - 0) / 1"), "raw scores stay raw");
});
