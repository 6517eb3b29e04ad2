/**
 * The state of a PPO run in a folder of its own: `actor.safetensors` and `critic.safetensors`
 * (weights and both moments of Adam), `pool.jsonl` (the answers since the last update) and
 * `state.json` (the position in the schedule, and the sizes of the logs).
 *
 * Everything is read back bit for bit: arrays as 32-bit floats, and other numbers as JSON, which
 * loses no precision.
 */
import { join } from "node:path";
import {
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
import { numberIn, numbersIn, recordIn, rowIn, switchIn } from "./json_values.ts";

/** Bytes of each log by its file name. */
export type LogSizes = Readonly<Record<string, number>>;

/** A state with the sizes of the logs at that time. */
export interface StoredState {
  readonly state: PpoState;
  readonly logs: LogSizes;
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

/** Writes a state. If the process is killed, the folder is complete or absent. */
export async function writeState(folder: string, { state, logs }: StoredState): Promise<void> {
  const { actor, critic, pool, ...position } = state;
  await writeFolderAtomically(folder, async (temporary) => {
    await writeSafetensors(join(temporary, "actor.safetensors"), storedArrays(actor));
    await writeSafetensors(join(temporary, "critic.safetensors"), storedArrays(critic));
    await writeAtomically(join(temporary, "pool.jsonl"), sampleLines(pool));
    const record = {
      ...position,
      actor_step: actor.step,
      critic_step: critic.step,
      pool: pool.length,
      logs,
    };
    await writeAtomically(join(temporary, "state.json"), JSON.stringify(record, null, 2) + "\n");
  }, { durable: true });
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
      : numbersIn(recordIn(record, "before", path), BEFORE, path),
    steps: listOf(steps, `Cannot read ${path}: "steps"`).map((step) => numbersIn(step, STEP, path)),
    seconds: numbersIn(recordIn(record, "seconds", path), SECONDS, path),
    pool: await readPool(join(folder, "pool.jsonl"), { vocabSize, count: whole("pool") }),
    actor: await readArrays(join(folder, "actor.safetensors"), whole("actor_step")),
    critic: await readArrays(join(folder, "critic.safetensors"), whole("critic_step")),
  };
  const logs = recordIn(record, "logs", path);
  return { state, logs: numbersIn(logs, Object.keys(logs), path) };
}

function listOf(value: unknown, where: string): JsonRecord[] {
  if (!Array.isArray(value) || !value.every(isRecord)) {
    throw new TypeError(`${where} is not a list of objects`);
  }
  return value;
}

async function readArrays(path: string, step: number): Promise<SavedTrainState> {
  const arrays = [...await readSafetensors(path)].map(([name, { shape, data }]) => {
    if (!(data instanceof Float32Array)) {
      throw new TypeError(
        `Cannot read "${name}" of ${path}: it holds whole numbers, and float32 is expected`,
      );
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
    pool.push(sampleOf(line, { vocabSize, where: `${path}, answer ${pool.length + 1}` }));
  }
  if (pool.length === count) return pool;
  throw new RangeError(
    `Cannot read ${path}: it has ${pool.length} answers, and state.json says ${count}`,
  );
}

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
