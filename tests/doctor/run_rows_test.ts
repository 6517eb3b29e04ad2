/** Logs of every library and layout are read under this project's names, and the rest is explained. */
import assert from "node:assert/strict";
import { diagnose, readRunLog } from "../../lib/doctor/mod.ts";

const lines = (...rows: object[]) => rows.map((row) => JSON.stringify(row) + "\n").join("");

/** Rows with the same trouble in the names of each library, and healthy ones. */
const LOGS = {
  "TRL": {
    healthy: {
      ...{ "eps": 3, "objective/kl": 2, "objective/entropy": 40, "objective/scores": 1.5 },
      ...{ "objective/non_score_reward": -0.1, "objective/rlhf_reward": 1.4, "lr": 3e-6 },
      ...{ "policy/approxkl_avg": 0.01, "policy/clipfrac_avg": 0.05, "policy/entropy_avg": 0.7 },
      ...{ "loss/policy_avg": -0.02, "loss/value_avg": 0.3, "val/clipfrac_avg": 0.1 },
      ...{ "val/ratio": 1.001, "val/ratio_var": 1e-3, "val/num_eos_tokens": 60, "episode": 64 },
    },
    tooFast: { "policy/approxkl_avg": 2.5, "policy/clipfrac_avg": 0.6 },
    endless: { "val/num_eos_tokens": 0 },
    unpenalised: { "objective/non_score_reward": 0 },
  },
  "OpenRLHF": {
    healthy: {
      ...{ "policy_loss": -0.01, "actor_lr": 5e-7, "ppo_clip_ratio": 0.03, "ppo_kl": 0.004 },
      ...{ "kl": 0.05, "reward": 1.2, "response_length": 210, "total_length": 400 },
      ...{ "return": 1.1, "critic_loss": 0.2, "values": 0.9, "critic_lr": 9e-6, "truncated": 0.02 },
    },
    tooFast: { "ppo_kl": -0.8, "ppo_clip_ratio": 0.5 },
    endless: { "truncated": 1 },
    unpenalised: { "kl": 1.4 },
  },
  "verl": {
    healthy: {
      ...{ "actor/entropy": 0.6, "actor/pg_loss": -0.01, "actor/pg_clipfrac": 0.02 },
      ...{ "actor/ppo_kl": 0.002, "actor/grad_norm": 0.4, "critic/score/mean": 0.4 },
      ...{ "critic/vf_loss": 0.1, "critic/vf_explained_var": 0.3, "critic/grad_norm": 2 },
      ...{ "response_length/mean": 300, "response_length/clip_ratio": 0.03 },
      ...{ "actor/reward_kl_penalty": 0.02, "actor/reward_kl_penalty_coeff": 0.001 },
    },
    tooFast: { "actor/ppo_kl": 0.9, "actor/pg_clipfrac": 0.4 },
    endless: { "response_length/clip_ratio": 0.98 },
    unpenalised: { "actor/reward_kl_penalty_coeff": 0 },
  },
} as const;

for (const [library, { healthy, tooFast, endless, unpenalised }] of Object.entries(LOGS)) {
  const causesOf = (change: object) => {
    const { origin, rows } = readRunLog(lines(healthy, { ...healthy, ...change }), "log.jsonl");
    assert.equal(origin, library);
    return diagnose(rows).map(({ cause }) => cause.name.en);
  };
  Deno.test(`${library}: a healthy log shows nothing; steps, ends and penalties are named`, () => {
    assert.deepEqual(causesOf({}), []);
    assert.match(causesOf(tooFast)[0], /^the learning rate is too high/);
    assert.match(causesOf(endless)[0], /^answers never end/);
    assert.match(causesOf(unpenalised)[0], /^there is no KL penalty/);
  });
}

Deno.test("GRPOTrainer's rows, in a trainer_state.json, show a reward without spread", () => {
  const row = { "reward": 0.5, "reward_std": 0, "kl": 0.01, "completions/mean_length": 80 };
  const state = {
    global_step: 2,
    log_history: [{ ...row, step: 1 }, { train_runtime: 9, step: 2 }],
  };
  const { origin, rows } = readRunLog(JSON.stringify(state, null, 2), "trainer_state.json");
  assert.deepEqual([origin, rows.length], ["TRL", 1]);
  assert.match(diagnose(rows)[0].cause.name.en, /^the reward has no spread/);
});

Deno.test("rows are read from JSON lines, nested ones, an array, and under a prefix, to the same", () => {
  const { healthy } = LOGS.verl;
  const wanted = readRunLog(lines(healthy, healthy), "a").rows;
  const prefixed = Object.fromEntries(
    Object.entries(LOGS.OpenRLHF.healthy).map(([name, value]) => [`train/${name}`, value]),
  );
  const nested = { step: 1, data: healthy };
  assert.deepEqual(readRunLog(lines(nested, nested), "b").rows, wanted);
  assert.deepEqual(readRunLog(JSON.stringify([healthy, healthy]), "c").rows, wanted);
  const plain = readRunLog(lines(LOGS.OpenRLHF.healthy), "d").rows;
  assert.deepEqual(readRunLog(lines(prefixed), "e").rows, plain);
});

Deno.test("NaN and Infinity as Python writes them are numbers that are not finite, inside texts they stay", () => {
  const text = '{"note": "NaN \\" Infinity", "mean_reward": NaN, "kl": -Infinity, "entropy": 1}\n';
  assert.deepEqual(readRunLog(text, "f").rows, [{ mean_reward: NaN, kl: NaN, entropy: 1 }]);
});

Deno.test("a last line that was cut off is left out, any other one is named", () => {
  const whole = '{"mean_reward": 1, "kl": 0.1}\n';
  assert.equal(readRunLog(whole + '{"mean_reward": 2, "k', "g").rows.length, 1);
  assert.throws(
    () => readRunLog(whole + '{"mean_reward": 2, "k\n' + whole, "my_run/metrics.jsonl"),
    {
      message: /^Cannot read my_run\/metrics\.jsonl, line 2: /,
    },
  );
  assert.throws(() => readRunLog(whole + "[1]\n", "h"), {
    message: "Cannot read h, line 2: it is not a JSON object",
  });
});

Deno.test("a log of something else is refused with its columns", () => {
  const sft = lines({ step: 5, lr: 1e-4, train_loss: 2 });
  assert.throws(() => readRunLog(sft, "sft/metrics.jsonl"), {
    message: 'Cannot diagnose sft/metrics.jsonl: it has 1 rows with the columns "step", "lr", ' +
      '"train_loss", and none of the metrics that this project, TRL, OpenRLHF or verl log for ' +
      "PPO. Give the metrics.jsonl of a PPO run, or its folder.",
  });
  assert.throws(() => readRunLog("", "empty"), {
    message: /^Cannot diagnose empty: it has 0 rows/,
  });
});
