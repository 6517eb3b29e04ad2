/** The inputs of a run, and the checks on them before anything is compiled. */
import type { SpecialTokens } from "../decode/mod.ts";
import { type Gpt2Config, rowsThatFit, type TokenRow, type Weight } from "../lm/mod.ts";
import type { ScoreStatistics } from "../rl/mod.ts";
import type { Device } from "../runtime/mod.ts";
import type { Settings } from "../settings/mod.ts";
import { say, type Text } from "../text/mod.ts";
import { frozenType } from "./config.ts";

/** A model as it was read from its folder. */
export interface LoadedModel {
  /** The sizes of the model. */
  readonly config: Gpt2Config;
  /**
   * The weights by Hugging Face's dotted names. With `spare_memory`, the actor or the critic takes
   * over their memory.
   */
  readonly weights: ReadonlyMap<string, Weight>;
  /**
   * Reads the weights again. `spare_memory` uses this to avoid holding a frozen model between two
   * uses.
   */
  readonly reread?: (() => Promise<ReadonlyMap<string, Weight>>) | undefined;
}

/** The inputs of a PPO run. */
export interface PpoInputs {
  /** The device to compute on. */
  readonly device: Device;
  /** The SFT model, which is the initial actor and the frozen reference. */
  readonly policy: LoadedModel;
  /** The reward model, whose body is also the critic's initial body. */
  readonly reward: LoadedModel;
  /** Mean and standard deviation of the SFT model's raw scores, stored with the reward model. */
  readonly scoreStatistics?: ScoreStatistics | undefined;
  /** The tokenizer's [PAD] and [SEP]. */
  readonly special: SpecialTokens;
  /** Prompts as token rows. */
  readonly prompts: readonly TokenRow[];
  /** The settings, checked and complete. */
  readonly settings: Settings;
}

/**
 * Checks the inputs of a run.
 *
 * @throws RangeError when there are fewer prompts than `batch_size`, a prompt does not fit,
 *   statistics are missing, the vocabularies differ, or the device cannot store frozen models in
 *   the requested dtype.
 */
export function checkInputs(
  { device, prompts, settings, scoreStatistics, policy, reward }: PpoInputs,
): void {
  const { batch_size, max_len, query_len } = settings;
  checkFrozenType(settings, device);
  const { length } = prompts;
  demand(length > 0, {
    en: "Cannot train: the data set of prompts is empty",
    zh: "无法训练：提示的数据集是空的",
  });
  demand(length >= batch_size, {
    en: `Cannot train with batch_size ${batch_size}: there are only ${length} prompts`,
    zh: `无法用 batch_size ${batch_size} 训练：只有 ${length} 个提示`,
  });
  demand(!settings.normalise_scores || scoreStatistics !== undefined, NO_STATISTICS);
  if (settings.normalise_scores) checkSpread(scoreStatistics);
  const positions = Math.min(policy.config.positions, reward.config.positions);
  demand(max_len <= positions, {
    en: `Cannot train with max_len ${max_len}: the models have ${positions} positions`,
    zh: `无法用 max_len ${max_len} 训练：模型只有 ${positions} 个位置`,
  });
  const tooLong = prompts.findIndex((prompt) => prompt.length + query_len > max_len);
  const tokens = prompts[tooLong]?.length;
  demand(tooLong < 0, {
    en: `Cannot train: prompt ${tooLong} has ${tokens} tokens, ` +
      `and with query_len ${query_len} that is more than max_len ${max_len}`,
    zh: `无法训练：第 ${tooLong} 个提示有 ${tokens} 个词元，` +
      `加上 query_len ${query_len} 超过了 max_len ${max_len}`,
  });
  const [own, other] = [policy.config.vocabSize, reward.config.vocabSize];
  demand(own === other, {
    en: `Cannot train: the policy has a vocabulary of ${own} tokens ` +
      `and the reward model one of ${other}`,
    zh: `无法训练：策略模型的词表有 ${own} 个词元，而奖励模型的有 ${other} 个`,
  });
}

const NO_STATISTICS = {
  en: "Cannot normalise scores: the reward model's settings.json has no score_mean and " +
    "score_deviation; measure them or set normalise_scores false",
  zh: "无法对分数做归一化：奖励模型的 settings.json 没有 score_mean 和 score_deviation；" +
    "请测量它们，或设置 normalise_scores false",
};

/** Checks that scores can be divided by their standard deviation. */
function checkSpread({ deviation = 1 }: Partial<ScoreStatistics> = {}): void {
  const reason = deviation === 0
    ? {
      en: "so all answers have the same score and there is nothing to learn",
      zh: "所有回答的分数都一样，没有可学的东西",
    }
    : { en: "so some of them are not finite", zh: "其中有的分数不是有限数" };
  demand(deviation > 0 && Number.isFinite(deviation), {
    en: "Cannot normalise scores: the standard deviation of the reward model's scores is " +
      `${deviation}, ${reason.en}; check the reward model`,
    zh: `无法对分数做归一化：奖励模型的分数的标准差为 ${deviation}，${reason.zh}；请检查奖励模型`,
  });
}

function demand(holds: boolean, message: Text): void {
  if (!holds) throw new RangeError(say(message));
}

/**
 * Checks that a device can store frozen models in the dtype of the settings. On the CPU, float16
 * would save nothing, because frozen models stay in the memory that they were read into.
 *
 * @throws RangeError when it cannot.
 * @example
 * ```ts
 * import { throws } from "node:assert/strict";
 * import { checkFrozenType } from "ppo/ppo/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * const device = await openDevice("cpu");
 * throws(() => checkFrozenType({ frozen_dtype: "float16" }, device), /float16 is for GPUs/);
 * ```
 */
export function checkFrozenType(
  settings: Pick<Settings, "frozen_dtype">,
  { kind, adapter, description }: Pick<Device, "kind" | "adapter" | "description">,
): void {
  if (frozenType(settings) === "float32" || adapter?.readsFloat16) return;
  const reason = kind === "cpu"
    ? {
      en: "float16 is for GPUs, and this run computes on the CPU, where spare_memory keeps no " +
        "frozen model at all",
      zh: "float16 用于 GPU，而这次训练在 CPU 上计算；在 CPU 上，spare_memory 完全不保留冻结的模型",
    }
    : {
      en: `programs on ${description} cannot read it (the adapter lacks shader-f16)`,
      zh: `${description} 上的程序不能读取它（适配器不支持 shader-f16）`,
    };
  throw new RangeError(say({
    en: `Cannot store the frozen models as float16: ${reason.en}; keep frozen_dtype float32`,
    zh: `不能用 float16 存放冻结的模型：${reason.zh}；请保持 frozen_dtype float32`,
  }));
}

/**
 * The size of ONNX Runtime's largest buffer bucket on a GPU. Larger buffers are allocated again in
 * every pass, which is slow.
 */
const LARGEST_BUCKET = 160 * 2 ** 20;

/**
 * Returns the settings with the number of rows per pass reduced so that arrays fit in a GPU's
 * buffers and, if no number is given, in ONNX Runtime's buckets. On the CPU, the settings are
 * returned unchanged.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { fittingSettings } from "ppo/ppo/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * import { validateSettings } from "ppo/settings/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const settings = validateSettings({ micro_batch_size: 4 });
 * const device = await openDevice("cpu");
 * // The CPU has no limit.
 * deepEqual(fittingSettings({ device, policy: { config }, settings }), settings);
 * ```
 */
export function fittingSettings(
  { device, policy, settings }: Pick<PpoInputs, "device" | "settings"> & {
    readonly policy: Pick<LoadedModel, "config">;
  },
): Settings {
  if (device.adapter === undefined) return settings;
  const { max_len, query_len } = settings;
  const answers = settings.batch_size * settings.num_return_sequences * settings.update_timesteps;
  const fit = (rows: number): number => {
    const wanted = rows || answers;
    const most = rows === 0 && settings.gpu_buffers === "buckets" ? LARGEST_BUCKET : Infinity;
    const pass = { rows: wanted, time: max_len, logits: query_len };
    const fitting = rowsThatFit(device, policy.config, pass, most);
    return fitting < wanted ? fitting : rows;
  };
  return {
    ...settings,
    micro_batch_size: fit(settings.micro_batch_size),
    score_batch_size: fit(settings.score_batch_size),
  };
}
