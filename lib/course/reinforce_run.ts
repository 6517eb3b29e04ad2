/**
 * REINFORCE on one prompt with a whole language model: draw answers, pay each, one step of Adam along the policy gradient, again.
 *
 * The loss is `lib/rl`'s, its gradient `grad`'s, the program `jit`'s, the step `adam`'s. No baseline, no clip, no reference: what
 * these are for, the later chapters show. Williams 1992.
 */
import { createGenerator } from "../decode/mod.ts";
import {
  type Gpt2Arrays,
  gpt2Spec,
  plainSampling,
  type TokenRow,
  uploadParameters,
} from "../lm/mod.ts";
import { liveDisplay } from "../notebook/mod.ts";
import { adamDefaults, gradientsOf } from "../optim/mod.ts";
import { createGradientArrays, createOptimizer } from "../learn/mod.ts";
import { curveGrid, displaySymbol, type Figure, picture } from "../plots/mod.ts";
import { meanOf, reinforceLoss } from "../rl/mod.ts";
import { uniform } from "../random/mod.ts";
import {
  answerArray,
  answerBatch,
  answerDistribution,
  answerMask,
  answerSpec,
  answerStatistics,
  contextArrays,
  contextSpec,
  inputsOf,
  type PromptAndAnswer,
  rowsOf,
} from "../lm/mod.ts";
import { type Settings } from "../settings/mod.ts";
import { type Device, float, jit, number } from "../runtime/mod.ts";
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

const matrix = float({ batch: -1, answer: -1 });

/** Compiles loss, gradients and entropies of answers under the model's own distribution. */
function compileGradient(device: Device, { config }: PolicyView["policy"]) {
  const own = { batchSize: float({}), returns: matrix, mask: matrix };
  const spec = { parameters: gpt2Spec(config), ...answerSpec, ...contextSpec(config), ...own };
  return jit(device, spec, ({ parameters, returns, mask, batchSize, ...inputs }) => {
    const logProbs = answerDistribution(parameters, inputs, { config, sampling: plainSampling });
    const said = answerStatistics(logProbs, inputs.targets);
    const loss = reinforceLoss({ logProbs: said.logProbs, returns, mask, count: batchSize });
    return { entropy: said.entropy, loss, gradients: gradientsOf(loss, parameters) };
  }, { toHost: ["entropy", "loss"] });
}

/** What the program takes of answers and their rewards: paid at the end and with gamma 1, G_t is R at every token. */
function feedsOf(
  { config, tokenizer: { padId } }: PolicyView["policy"],
  pairs: readonly PromptAndAnswer[],
  rewards: readonly number[],
) {
  const batch = answerBatch(pairs, { padId });
  const { width } = batch;
  return {
    ...inputsOf(batch),
    ...contextArrays([], { config, sampling: plainSampling, width }),
    returns: answerArray(pairs.map(({ answer }, row) => answer.map(() => rewards[row])), width),
    mask: answerMask(pairs, width),
    batchSize: number(pairs.length),
  };
}

/** Gradients of a batch in arrays that are reused, with the mean entropy of its tokens. */
async function createGradient({ policy, device }: PolicyView) {
  const program = await compileGradient(device, policy);
  const arrays = await createGradientArrays<Gpt2Arrays>(device, gpt2Spec(policy.config));
  return async (
    parameters: Gpt2Arrays,
    pairs: readonly PromptAndAnswer[],
    rewards: readonly number[],
  ) => {
    let entropies: number[] = [];
    const { gradients, loss } = await arrays.sum(
      [feedsOf(policy, pairs, rewards)],
      async (feeds, into) => {
        const said = await program({ parameters, ...feeds }, { gradients: into });
        const width = feeds.targets.dims[1];
        const rows = rowsOf(await device.read(said.entropy), width);
        entropies = pairs.flatMap(({ answer }, row) => rows[row].slice(0, answer.length));
        return { loss: (await device.read(said.loss))[0], gradients: into };
      },
    );
    return {
      gradients,
      loss,
      entropy: meanOf(entropies),
      recycle: () => arrays.recycle(gradients),
    };
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
  const gradient = await createGradient(model);
  const optimizer = await createOptimizer<Gpt2Arrays>(device, gpt2Spec(config), {
    ...adamDefaults,
    maxGradNorm: settings.max_grad_norm,
  });
  let state = await optimizer.start(await uploadParameters(device, gpt2Spec(config), weights));
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
      const rewards = answers.map(({ question }) => pay(question));
      const { gradients, entropy, recycle } = await gradient(state.parameters, answers, rewards);
      ({ state } = await optimizer.update(state, gradients, settings.learning_rate));
      recycle();
      rows.push({ step: rows.length + 1, mean_reward: meanOf(rewards), entropy });
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
