/**
 * REINFORCE on one prompt with a whole language model: draw answers, pay each, one step of Adam along the policy gradient, again.
 *
 * The loss is `lib/rl`'s, its gradient `grad`'s, the program `jit`'s, the step `adam`'s. No baseline, no clip, no reference: what
 * these are for, the later chapters show. Williams 1992.
 */
import { createGenerator } from "../decode/mod.ts";
import {
  type AnswerLoss,
  answerLossSpec,
  answerMatrixSpec,
  createAnswerTrainer,
} from "../learn/mod.ts";
import {
  answerArray,
  type AnswerAxes,
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
import { curveGrid, displaySymbol, type Figure, picture } from "../plots/mod.ts";
import { uniform } from "../random/mod.ts";
import { meanOf, reinforceLoss } from "../rl/mod.ts";
import { float, number } from "../runtime/mod.ts";
import type { Settings } from "../settings/mod.ts";
import { dot, logSoftmax, type Tensor } from "../tensor/mod.ts";
import type { PolicyView } from "./policy_view.ts";

/** What an answer is paid: gets the question as text, without [SEP]. */
export type Pay = (question: string) => number;

/** One step: what its answers were, before it changed the policy. */
export interface ReinforceRow {
  /** Counted from 1. */
  readonly step: number;
  /** Mean reward of the step's answers. */
  readonly mean_reward: number;
  /** Entropy of the policy, mean over the answers' tokens, in nats. */
  readonly entropy: number;
}

/** A run that is compiled. */
export interface ReinforceRun {
  /** Learning rate, answers a step, steps, seed: under the names of the settings. */
  readonly settings: Settings;
  /** One row a step; grows while the run trains. */
  readonly rows: ReinforceRow[];
  /** Draws answers, pays them, and takes one step. */
  step(): Promise<ReinforceRow>;
  /** Questions of the policy as it is now; the same seed draws with the same random numbers. */
  ask(options: { count: number; seed: number }): Promise<string[]>;
}

/** What the loss reads of answers besides rows and mask. */
interface ReinforceInputs {
  /** The answer tokens. */
  readonly targets: Tensor<AnswerAxes, "int32">;
  /** G_t: with a reward at the end and gamma 1, R at every token. */
  readonly returns: Tensor<AnswerAxes>;
  /** Answers of the batch. */
  readonly batchSize: Tensor<Record<never, never>>;
}

/** An answer with its reward. */
interface RewardedAnswer extends PromptAndAnswer {
  readonly reward: number;
}

/** The REINFORCE loss of answers under the model's own distribution; its other result is the entropy at each token. */
function reinforceObjective(
  config: Gpt2Config,
): AnswerLoss<Gpt2Parameters, ReinforceInputs, RewardedAnswer> {
  const { targets } = answerSpec;
  return {
    definition: {
      config,
      parameters: gpt2Spec(config),
      inputs: {
        targets,
        ...answerLossSpec,
        returns: answerMatrixSpec,
        batchSize: float({}),
      },
      chosen: true,
      loss(head, hidden, { rows, columns, targets, returns, mask, batchSize }) {
        const states = atColumns(hidden, columns, rows.slots);
        const logits = dot(states, head.wte.weight, "embed");
        const policy = answerStatistics(logSoftmax(logits, "vocab"), targets);
        const loss = reinforceLoss({ ...policy, returns, mask, count: batchSize });
        return { loss, entropy: policy.entropy };
      },
    },
    feeds: (answers, { targets }) => ({
      targets,
      returns: answerArray(
        answers.map(({ answer, reward }) => answer.map(() => reward)),
        targets.dims[1],
      ),
      batchSize: number(answers.length),
    }),
  };
}

/** What is learnt from. */
export interface ReinforceTask {
  /** `[CLS] passage [SEP]`: the only one. */
  readonly prompt: TokenRow;
  /** What an answer is paid. */
  readonly pay: Pay;
  /** `batch_size` answers a step, `max_timesteps` steps, `learning_rate`, `query_len`, `max_grad_norm`, `seed`. */
  readonly settings: Settings;
}

/** Rollout number of questions that are only looked at, so that they have random numbers of their own. */
const LOOKING = 2 ** 31;

/** Compiles a run that starts from the model as it is; the model itself stays. */
export async function openReinforce(model: PolicyView, task: ReinforceTask): Promise<ReinforceRun> {
  const { policy: { config, tokenizer, weights }, device } = model;
  const { prompt, pay, settings } = task;
  const special = { padId: tokenizer.padId, endId: tokenizer.sepId };
  const generator = await createGenerator(device, config, { sampling: plainSampling, special });
  const trainer = await createAnswerTrainer(device, reinforceObjective(config), {
    optimizer: { ...adamDefaults, maxGradNorm: settings.max_grad_norm },
    layout: {
      groups: (answers) => [[...answers.keys()]],
      batch: (answers) => answerBatch(answers, special),
    },
  });
  let state = await trainer.start(await uploadParameters(device, gpt2Spec(config), weights));
  const rows: ReinforceRow[] = [];
  const draw = async (count: number, { seed, rollout }: { seed: number; rollout: number }) =>
    (await generator.generate(state.parameters, Array<TokenRow>(count).fill(prompt), {
      maxNewTokens: settings.query_len,
      uniform: (row, position) => uniform(seed, rollout, row, position),
    })).map(({ tokens }) => ({ prompt, answer: tokens, question: tokenizer.decode(tokens) }));
  return {
    settings,
    rows,
    async step() {
      const answers = await draw(settings.batch_size, {
        seed: settings.seed,
        rollout: rows.length,
      });
      const rewarded = answers.map((answer) => ({ ...answer, reward: pay(answer.question) }));
      const stepped = await trainer.step(state, rewarded, settings.learning_rate);
      state = stepped.state;
      rows.push({
        step: rows.length + 1,
        mean_reward: meanOf(rewarded.map(({ reward }) => reward)),
        entropy: meanOf(stepped.rows.entropy.flat()),
      });
      return rows[rows.length - 1];
    },
    ask: async ({ count, seed }) =>
      (await draw(count, { seed, rollout: LOOKING })).map(({ question }) => question),
  };
}

/** Mean reward and entropy over the steps. */
export const reinforceCurves = ({ rows, settings }: ReinforceRun): Figure =>
  curveGrid([{ name: "REINFORCE", rows }], [
    { y: "mean_reward", title: "mean reward of a step's answers" },
    { y: "entropy", title: "entropy (nats a token)" },
  ], {
    x: "step",
    xTitle: "step",
    title: "REINFORCE on one prompt",
    seed: settings.seed,
    columns: 2,
  });

/**
 * Takes `max_timesteps` steps; in a notebook the curves grow.
 *
 * @throws AbortError when the signal is aborted; the rows so far stay.
 */
export async function trainReinforce(run: ReinforceRun, signal?: AbortSignal): Promise<void> {
  const live = liveDisplay({ interval: 1000 });
  for (let step = 0; step < run.settings.max_timesteps; step++) {
    signal?.throwIfAborted();
    await run.step();
    await live.update(() => picture(reinforceCurves(run)));
  }
  await live.finish(() => reinforceCurves(run)[displaySymbol]());
}
