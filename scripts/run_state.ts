/**
 * The state of a PPO run in a folder of its own: `actor.safetensors` and `critic.safetensors`
 * (weights and both moments of Adam), `pool.jsonl` (the answers since the last update),
 * `state.json` (the position in the schedule), copies of the run's `settings.json` and logs, and
 * `checksums.json`. So a run can be resumed from one of its states alone.
 *
 * A state of version 0.1.0 has no copies and no checksums, only the sizes of the logs, and lacks
 * the metrics that were added later. It resumes, with NaN in their place.
 *
 * Everything is read back bit for bit: arrays as 32-bit floats, and other numbers as JSON, which
 * loses no precision.
 */
import { join } from "node:path";
import {
  fileExists,
  fileSize,
  isRecord,
  type JsonRecord,
  readJsonLines,
  readJsonRecord,
  readSafetensors,
  writeAtomically,
  writeFolderAtomically,
  writeSafetensors,
} from "../lib/files/mod.ts";
import type { SavedTrainState } from "../lib/learn/mod.ts";
import type { PpoState, Sample } from "../lib/ppo/mod.ts";
import { say } from "../lib/text/mod.ts";
import { numberIn, numbersIn, recordIn, rowIn, switchIn } from "./json_values.ts";

/** A log at the time of a state. */
export interface StoredLog {
  /** Its length in bytes. */
  readonly size: number;
  /** The path of its copy; undefined for a state of version 0.1.0. */
  readonly copy: string | undefined;
}

/** The logs of a state, by file name. */
export type StoredLogs = Readonly<Record<string, StoredLog>>;

/** A state with the logs of that time. */
export interface StoredState {
  /** The folder of the state. */
  readonly path: string;
  readonly state: PpoState;
  readonly logs: StoredLogs;
}

const BEFORE = [
  "mean_reward",
  "reward_std",
  "score",
  "score_std",
  "score_clipped",
  "non_score_reward",
  "kl",
  "kl_k3",
  "response_length",
  "eos_rate",
  "surprisal",
  "explained_variance",
  "return_after_end",
  "kl_exact",
] as const;
const STEP = [
  "actor_loss",
  "critic_loss",
  "approx_kl",
  "ratio_mean",
  "ratio_max",
  "clip_fraction",
  "entropy",
  "actor_grad_norm",
  "critic_grad_norm",
  "advantage_rms",
] as const;
/** Metrics of a pool and of a step that version 0.1.0 did not have. */
const LATER = [
  "reward_std",
  "score_std",
  "score_clipped",
  "non_score_reward",
  "surprisal",
  "return_after_end",
];
const LATER_STEP = ["advantage_rms"];
const SECONDS = ["generate", "score", "actor", "critic"] as const;
const ROWS = [
  "prompt",
  "answer",
  "logProbs",
  "refLogProbs",
  "values",
  "rewards",
  "advantages",
  "returns",
] as const;

/** The name of a log's copy, which TensorBoard does not take for a log. */
const copyName = (log: string): string => log.replace(/\..*$/s, ".copy");

/** Where the files are that a state copies. */
export interface CopiedFiles {
  /** The folder of the run. */
  readonly run: string;
  /** The names of its logs. */
  readonly logs: readonly string[];
}

/** Writes a state. If the process is killed or the power fails, the folder is whole or absent. */
export async function writeState(
  folder: string,
  { actor, critic, pool, ...position }: PpoState,
  { run, logs }: CopiedFiles,
): Promise<void> {
  await writeFolderAtomically(folder, async (temporary) => {
    await writeSafetensors(join(temporary, "actor.safetensors"), storedArrays(actor));
    await writeSafetensors(join(temporary, "critic.safetensors"), storedArrays(critic));
    await writeAtomically(join(temporary, "pool.jsonl"), sampleLines(pool));
    const sizes: Record<string, number> = {};
    for (const log of logs) {
      await Deno.copyFile(join(run, log), join(temporary, copyName(log)));
      sizes[log] = await fileSize(join(temporary, copyName(log)));
    }
    const settings = join(run, "settings.json");
    if (await fileExists(settings)) await Deno.copyFile(settings, join(temporary, "settings.json"));
    const record = {
      ...position,
      actor_step: actor.step,
      critic_step: critic.step,
      pool: pool.length,
      logs: sizes,
    };
    await writeAtomically(join(temporary, "state.json"), JSON.stringify(record, null, 2) + "\n");
  }, { checksums: true });
}

const storedArrays = ({ arrays }: SavedTrainState) =>
  new Map([...arrays].map(([name, { dims, data }]) => [name, { shape: [...dims], data }]));

function* sampleLines(pool: readonly Sample[]): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const sample of pool) {
    const samplingMask = (sample.samplingMask ?? []).map((mask) =>
      [...mask.keys()].filter((token) => mask[token] === 1)
    );
    yield encoder.encode(JSON.stringify({ ...sample, samplingMask }) + "\n");
  }
}

/**
 * Reads a state.
 *
 * @throws {Error} With the file and what is wrong in it.
 */
export async function readState(
  folder: string,
  { vocabSize }: { vocabSize: number },
): Promise<StoredState> {
  const path = join(folder, "state.json");
  const record = await readJsonRecord(path);
  const whole = (key: string) => numberIn(record, key, path);
  const { before, steps } = record;
  const state = {
    timestep: whole("timestep"),
    update: whole("update"),
    drawn: whole("drawn"),
    before: before === undefined
      ? undefined
      : numbersIn(withLater(recordIn(record, "before", path), LATER), BEFORE, path),
    steps: listOf(steps, path, "steps")
      .map((step) => numbersIn(withLater(step, LATER_STEP), STEP, path)),
    seconds: numbersIn(recordIn(record, "seconds", path), SECONDS, path),
    pool: await readPool(join(folder, "pool.jsonl"), { vocabSize, count: whole("pool") }),
    actor: await readArrays(join(folder, "actor.safetensors"), whole("actor_step")),
    critic: await readArrays(join(folder, "critic.safetensors"), whole("critic_step")),
  };
  const sizes = recordIn(record, "logs", path);
  const logs: Record<string, StoredLog> = {};
  for (const [name, size] of Object.entries(numbersIn(sizes, Object.keys(sizes), path))) {
    const copy = join(folder, copyName(name));
    logs[name] = { size, copy: await fileExists(copy) ? copy : undefined };
  }
  return { path: folder, state, logs };
}

/** A record in which metrics that a state of version 0.1.0 lacks are NaN. */
const withLater = (record: JsonRecord, later: readonly string[]): JsonRecord => ({
  ...Object.fromEntries(later.map((name) => [name, NaN])),
  ...record,
});

function listOf(value: unknown, path: string, key: string): JsonRecord[] {
  if (!Array.isArray(value) || !value.every(isRecord)) {
    throw new TypeError(say({
      en: `Cannot read ${path}: "${key}" is not a list of objects`,
      zh: `无法读取 ${path}：“${key}”不是对象的列表`,
    }));
  }
  return value;
}

async function readArrays(path: string, step: number): Promise<SavedTrainState> {
  const arrays = [...await readSafetensors(path)].map(([name, { shape, data }]) => {
    if (!(data instanceof Float32Array)) {
      throw new TypeError(say({
        en: `Cannot read "${name}" of ${path}: it holds whole numbers, and float32 is expected`,
        zh: `无法读取 ${path} 中的“${name}”：它存的是整数，应为 float32`,
      }));
    }
    return [name, {
      dims: shape,
      data: new Float32Array(data.buffer, data.byteOffset, data.length),
    }] as const;
  });
  return { step, arrays: new Map(arrays) };
}

async function readPool(
  path: string,
  { vocabSize, count }: { vocabSize: number; count: number },
): Promise<Sample[]> {
  const pool: Sample[] = [];
  for await (const line of readJsonLines(path, { required: ["answer", "ended"] })) {
    pool.push(sampleOf(line, { vocabSize, where: answerPlace(path, pool.length + 1) }));
  }
  if (pool.length === count) return pool;
  throw new RangeError(say({
    en: `Cannot read ${path}: it has ${pool.length} answers, and state.json says ${count}`,
    zh: `无法读取 ${path}：其中有 ${pool.length} 个回答，而 state.json 中记的是 ${count} 个`,
  }));
}

const answerPlace = (path: string, number: number): string =>
  say({ en: `${path}, answer ${number}`, zh: `${path} 第 ${number} 个回答` });

function sampleOf(
  line: JsonRecord,
  { vocabSize, where }: { vocabSize: number; where: string },
): Sample {
  const { length } = rowIn(line, "answer", where);
  // Before 0.1.0 the mask was called "kept", and rows could continue over unused padding.
  const rows = Object.fromEntries(ROWS.map((key) => {
    const row = rowIn(line, key, where);
    return [key, key === "prompt" ? row : row.slice(0, length)];
  }));
  const masks = line.samplingMask ?? line.kept;
  const allowed = Array.isArray(masks) ? masks : [];
  return {
    ...rows as Record<typeof ROWS[number], number[]>, // one row for each name of ROWS
    ...numbersIn(line, ["rawScore", "score", "timestep"], where),
    ended: switchIn(line, "ended", where),
    samplingMask: allowed.map((samplingMask) => {
      const mask = new Uint8Array(vocabSize);
      for (const token of rowIn({ samplingMask }, "samplingMask", where)) mask[token] = 1;
      return mask;
    }),
  };
}
