/**
 * The `compare` task: one PPO run that works and two that fail, each measured by the gold judge after every update. Writes
 * `notebooks/06_runs.jsonl`, which chapter 06 draws.
 */
import {
  askQuestions,
  type ComparedRow,
  COMPARISON_PATH,
  type Embedded,
  loadEmbedded,
  openRun,
  runSettings,
} from "../lib/course/mod.ts";
import { writeAtomically } from "../lib/files/mod.ts";
import type { Settings } from "../lib/rlhf/mod.ts";

/** What differs from the embedded settings, and what the figure calls it. */
const RUNS: readonly { readonly run: string; readonly given: Partial<Settings> }[] = [
  { run: "as committed", given: {} },
  {
    run: "raw scores clipped at 5, learning rate 1e-4",
    given: { normalise_scores: false, learning_rate: 1e-4 },
  },
  {
    run: "kl_coef 0, learning rate 2e-4, 5 episodes",
    given: { kl_coef: 0, learning_rate: 2e-4, num_episodes: 5 },
  },
];

/** Held-out passages that are judged after each update. */
const JUDGED = 293;

async function trained(
  embedded: Embedded,
  { run: name, given }: typeof RUNS[number],
): Promise<ComparedRow[]> {
  const settings = runSettings(embedded.policy, given);
  const { tokenizer } = embedded;
  const run = await openRun(embedded, settings);
  const rows: ComparedRow[] = [];
  for await (const { update, mean_reward, score, kl } of run.ppo.train()) {
    const policy = { generator: run.ppo.generator, parameters: run.ppo.actor() };
    const judged = await askQuestions(policy, embedded.heldOut, { tokenizer, settings, seed: settings.seed });
    const gold = 100 * judged.filter(({ right }) => right).length / judged.length;
    rows.push({ run: name, update, mean_reward, score, kl, gold });
    console.log(
      `${name}: update ${update}, mean_reward ${mean_reward.toFixed(2)}, KL ${kl.toFixed(2)}, gold ${
        gold.toFixed(1)
      } %`,
    );
  }
  return rows;
}

if (import.meta.main) {
  const embedded = await loadEmbedded({ heldOutCount: JUDGED });
  const rows: ComparedRow[] = [];
  for (const run of RUNS) rows.push(...await trained(embedded, run));
  await writeAtomically(COMPARISON_PATH, rows.map((row) => JSON.stringify(row) + "\n").join(""));
}
