/**
 * REINFORCE on one prompt with a whole language model: sample answers, compute the reward of each,
 * take one step of Adam along the policy gradient, and repeat.
 *
 * The loss is `lib/rl`'s, its gradient `grad`'s, the program `jit`'s, the step `adam`'s. It has no
 * baseline, clip or reference model; later chapters show what these are for. Williams 1992.
 */
import { createGenerator, sampleAnswers } from "../decode/mod.ts";
import {
  type AnswerLoss,
  answerLossSpec,
  answerMatrixSpec,
  createAnswerTrainer,
} from "../learn/mod.ts";
import {
  answerArray,
  answerBatch,
  answerSpec,
  answerStatistics,
  atColumns,
  type Gpt2Config,
  type Gpt2Parameters,
  gpt2Spec,
  plainSampling,
  type PromptAndAnswer,
  type TokenRow,
  uploadParameters,
} from "../lm/mod.ts";
import { liveDisplay } from "../notebook/mod.ts";
import { adamDefaults } from "../optim/mod.ts";
import { curveGrid, displaySymbol, picture } from "../plots/mod.ts";
import { meanOf, reinforceLoss } from "../rl/mod.ts";
import { float, number, type Tensors } from "../runtime/mod.ts";
import type { Settings } from "../settings/mod.ts";
import { dot, logSoftmax } from "../tensor/mod.ts";
import { say } from "../text/mod.ts";
import { metricTitle } from "./metric_titles.ts";
import { specialOf } from "./opening.ts";
import type { PolicyView } from "./policy_view.ts";

/** One step, measured before it changes the policy. */
export interface ReinforceRow {
  /** Counted from 1. */
  readonly step: number;
  /** Mean reward of the step's answers. */
  readonly mean_reward: number;
  /** Entropy of the policy, mean over the answers' tokens, in nats. */
  readonly entropy: number;
}

/** A compiled run. */
export interface ReinforceRun {
  /** Learning rate, answers per step, steps and seed. */
  readonly settings: Settings;
  /** One row per step; grows while the run trains. */
  readonly rows: ReinforceRow[];
  /** Samples answers, computes their rewards, and takes one step. */
  step(): Promise<ReinforceRow>;
  /** Questions of the policy as it is now; the same seed gives the same random numbers. */
  ask(options: { count: number; seed: number }): Promise<string[]>;
}

/**
 * What the loss reads of answers besides rows and mask. `returns` is G_t: with a reward at the end
 * and gamma 1, R at every token.
 */
const inputs = { targets: answerSpec.targets, returns: answerMatrixSpec, batchSize: float({}) };

type RewardedAnswer = PromptAndAnswer & { readonly reward: number };

/**
 * The REINFORCE loss of answers under the model's own distribution; its other result is the
 * entropy at each token.
 */
function reinforceObjective(
  config: Gpt2Config,
): AnswerLoss<Gpt2Parameters, Tensors<typeof inputs>, RewardedAnswer> {
  return {
    definition: {
      config,
      parameters: gpt2Spec(config),
      inputs: { ...answerLossSpec, ...inputs },
      chosen: true,
      loss(head, hidden, { rows, columns, targets, returns, mask, batchSize }) {
        const states = atColumns(hidden, columns, rows.slots);
        const logits = dot(states, head.wte.weight, "embed");
        const policy = answerStatistics(logSoftmax(logits, "vocab"), targets);
        const loss = reinforceLoss({ ...policy, returns, mask, count: batchSize });
        return { loss, entropy: policy.entropy };
      },
    },
    feeds(answers, { targets }) {
      const returns = answers.map(({ answer, reward }) => answer.map(() => reward));
      const batchSize = number(answers.length);
      return { targets, returns: answerArray(returns, targets.dims[1]), batchSize };
    },
  };
}

/** What to learn. */
export interface ReinforceTask {
  /** `[CLS] passage [SEP]`: the only prompt. */
  readonly prompt: TokenRow;
  /** The reward of a question, which is given as text without [SEP]. */
  readonly rewardOf: (question: string) => number;
  /**
   * `batch_size` answers per step, `max_timesteps` steps, `learning_rate`, `query_len`,
   * `max_grad_norm`, `seed`.
   */
  readonly settings: Settings;
}

/**
 * A round that no step uses, so that questions to look at have random numbers of their
 * own.
 */
const LOOKING = 2 ** 31;

/** Compiles a run that starts from the model as it is; the model itself does not change. */
export async function openReinforce(
  { policy: { config, tokenizer, weights }, device }: PolicyView,
  { prompt, rewardOf, settings }: ReinforceTask,
): Promise<ReinforceRun> {
  const special = specialOf(tokenizer);
  const generator = await createGenerator(device, config, { sampling: plainSampling, special });
  const trainer = await createAnswerTrainer(device, reinforceObjective(config), {
    optimizer: { ...adamDefaults, maxGradNorm: settings.max_grad_norm },
    layout: { // one micro-batch
      groups: (answers) => [[...answers.keys()]],
      batch: (answers) => answerBatch(answers, special),
    },
  });
  let state = await trainer.start(await uploadParameters(device, gpt2Spec(config), weights));
  const rows: ReinforceRow[] = [];
  const sample = async (count: number, { seed, round }: { seed: number; round: number }) => {
    const given = { parameters: state.parameters, prompts: Array<TokenRow>(count).fill(prompt) };
    const options = { maxNewTokens: settings.query_len, seed, round };
    const answers = await sampleAnswers(generator, given, options);
    return answers.map(({ tokens }) => ({ answer: tokens, question: tokenizer.decode(tokens) }));
  };
  return {
    settings,
    rows,
    async step() {
      const { seed, batch_size, learning_rate } = settings;
      const answers = (await sample(batch_size, { seed, round: rows.length }))
        .map(({ answer, question }) => ({ prompt, answer, reward: rewardOf(question) }));
      const stepped = await trainer.step(state, answers, learning_rate);
      state = stepped.state;
      const mean_reward = meanOf(answers.map(({ reward }) => reward));
      const entropy = meanOf(stepped.rows.entropy.flat());
      rows.push({ step: rows.length + 1, mean_reward, entropy });
      return rows[rows.length - 1];
    },
    ask: async ({ count, seed }) =>
      (await sample(count, { seed, round: LOOKING })).map(({ question }) => question),
  };
}

/**
 * Takes `max_timesteps` steps; in a notebook the curves of mean reward and entropy grow.
 *
 * @throws AbortError when the signal is aborted; the rows so far stay.
 */
export async function trainReinforce(run: ReinforceRun, signal?: AbortSignal): Promise<void> {
  const { rows, settings: { seed, max_timesteps } } = run;
  const title = say({ en: "REINFORCE on one prompt", zh: "只有一个提示的 REINFORCE" });
  const reward = say({ en: "mean reward of a step's answers", zh: "每步回答的平均奖励" });
  const panels = [
    { y: "mean_reward", title: reward },
    { y: "entropy", title: metricTitle("entropy") },
  ] as const;
  const curves = () =>
    curveGrid([{ name: "REINFORCE", rows }], panels, { x: "step", title, seed, columns: 2 });
  const live = liveDisplay({ interval: 1000 });
  for (let step = 0; step < max_timesteps; step++) {
    signal?.throwIfAborted();
    await run.step();
    await live.update(() => picture(curves()));
  }
  await live.finish(() => curves()[displaySymbol]());
}
