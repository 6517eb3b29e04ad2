/**
 * The folder of a control run: `settings.json` (how it was started), `metrics.jsonl` and
 * TensorBoard's events (a row per update), `state.json` (its newest state), and, when it is done,
 * `policy/` and `evaluation.json`.
 *
 * A state holds the lengths of both logs, to which a resumed run cuts them back.
 */
import { join } from "node:path";
import {
  type AgentMetrics,
  type AgentState,
  networkParts,
  type SavedPolicy,
} from "../lib/agent/mod.ts";
import { agentConfig, designOf } from "../lib/agent/mod.ts";
import { makeEnv } from "../lib/control/mod.ts";
import {
  appendToSync,
  checksumOf,
  cutBack,
  DamageError,
  eventFileHead,
  fileExists,
  fileSize,
  readJsonRecord,
  readSafetensors,
  scalarEvent,
  writeAtomically,
  writeFolderAtomically,
  writeSafetensors,
} from "../lib/files/mod.ts";
import { CONTROL_SETTINGS, type ControlSettings, isAllowed } from "../lib/settings/mod.ts";
import { numberIn, recordIn, rowIn, textIn } from "./json_values.ts";

/** How a run was started. */
export interface ControlRecord {
  /** The environment. */
  readonly env: string;
  /** The random seed. */
  readonly seed: number;
  /** Episodes of the evaluation after training. */
  readonly eval_episodes: number;
  /** Updates between saved states. */
  readonly save_every: number;
  /** Every setting. */
  readonly settings: ControlSettings;
}

const pathsOf = (folder: string) => ({
  record: join(folder, "settings.json"),
  metrics: join(folder, "metrics.jsonl"),
  state: join(folder, "state.json"),
  policy: join(folder, "policy"),
  evaluation: join(folder, "evaluation.json"),
});

const withChecksum = (value: object): string =>
  JSON.stringify({ ...value, crc32: checksumOf(JSON.stringify(value)) }) + "\n";

/** Reads an object that was written with its checksum. */
async function checkedRecord(path: string) {
  const { crc32, ...record } = await readJsonRecord(path);
  if (crc32 === checksumOf(JSON.stringify(record))) return record;
  throw new DamageError(`Cannot use ${path}: it is not as it was written (its crc32 differs)`);
}

/** Whether a folder holds a control run. */
export const holdsControlRun = (folder: string): Promise<boolean> =>
  fileExists(pathsOf(folder).record);

/** Whether the run in a folder has been trained and evaluated. */
export const isFinished = (folder: string): Promise<boolean> =>
  fileExists(pathsOf(folder).evaluation);

/** Writes how a run is started. */
export const writeControlRecord = (folder: string, record: ControlRecord): Promise<void> =>
  writeAtomically(pathsOf(folder).record, JSON.stringify(record, null, 2) + "\n");

/**
 * Reads how a run was started.
 *
 * @throws {TypeError} If the file is not that of a control run.
 */
export async function readControlRecord(folder: string): Promise<ControlRecord> {
  const path = pathsOf(folder).record;
  const record = await readJsonRecord(path);
  const settings = recordIn(record, "settings", path);
  for (const [name, spec] of Object.entries(CONTROL_SETTINGS)) {
    if (isAllowed(spec, settings[name])) continue;
    throw new TypeError(`Cannot read ${path}: "${name}" of its settings is missing or not allowed`);
  }
  return {
    env: textIn(record, "env", path),
    seed: numberIn(record, "seed", path),
    eval_episodes: numberIn(record, "eval_episodes", path),
    save_every: numberIn(record, "save_every", path),
    settings: settings as ControlSettings, // checked against its table
  };
}

/** The logs of a run. */
export interface ControlLogs {
  /** Adds the row of an update. */
  row(row: AgentMetrics): void;
  /** Saves a state with the current lengths of the logs. */
  save(state: AgentState): Promise<void>;
}

/** Opens the logs of a run with its newest state, or undefined if there is none. */
export async function openControlRun(
  folder: string,
): Promise<{ logs: ControlLogs; state: AgentState | undefined }> {
  const { metrics, state: statePath } = pathsOf(folder);
  const saved = await fileExists(statePath) ? await checkedRecord(statePath) : undefined;
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  const there = names.find((name) => name.startsWith("events.out.tfevents."));
  const events = join(folder, there ?? `events.out.tfevents.${Math.floor(Date.now() / 1000)}.ppo`);
  const lengths = saved === undefined
    ? { metrics: 0, events: 0 }
    : recordIn(saved, "logs", statePath);
  await cutBack(metrics, numberIn(lengths, "metrics", statePath));
  await cutBack(events, numberIn(lengths, "events", statePath));
  if (await fileSize(events) === 0) appendToSync(events, eventFileHead());
  const logs: ControlLogs = {
    row(row) {
      appendToSync(metrics, JSON.stringify(row) + "\n");
      appendToSync(events, scalarEvent(scalarsOf(row), { step: row.timesteps }));
    },
    async save(state) {
      const sizes = { metrics: await fileSize(metrics), events: await fileSize(events) };
      await writeAtomically(statePath, withChecksum({ logs: sizes, state }), { durable: true });
    },
  };
  // `save` wrote it, and its checksum is right
  const state = saved && recordIn(saved, "state", statePath) as unknown as AgentState;
  return { logs, state };
}

/** The numbers of a row. */
const scalarsOf = (row: AgentMetrics): Record<string, number> =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => typeof value === "number"));

/** Writes a policy: its networks as safetensors, and a `config.json`. */
export async function writePolicy(folder: string, policy: SavedPolicy): Promise<void> {
  const { env, settings, parameters, moments = null } = policy;
  const design = designOf(makeEnv(env), agentConfig(settings));
  const tensors = networkParts(design).map(({ name, shape, start, stop }) => {
    const data = parameters.slice(start, stop);
    return [name, { shape: Object.values(shape), data }] as const;
  });
  await writeFolderAtomically(pathsOf(folder).policy, async (temporary) => {
    await writeSafetensors(join(temporary, "model.safetensors"), new Map(tensors));
    const config = JSON.stringify({ env, settings, moments }, null, 2) + "\n";
    await writeAtomically(join(temporary, "config.json"), config);
  });
}

/**
 * Reads the policy of a run.
 *
 * @throws {Error} If the run has none yet, or a file is damaged.
 */
export async function readPolicy(folder: string): Promise<SavedPolicy> {
  const path = pathsOf(folder).policy, config = join(path, "config.json");
  if (!await fileExists(config)) {
    const advice = "train first, or give the folder of one run, such as out/control/ENV/seed-1";
    throw new Error(`Cannot replay ${folder}: it has no policy (${config}); ${advice}`);
  }
  const record = await readJsonRecord(config);
  const tensors = await readSafetensors(join(path, "model.safetensors"));
  const env = textIn(record, "env", config);
  const settings: Partial<ControlSettings> = recordIn(record, "settings", config);
  const parts = networkParts(designOf(makeEnv(env), agentConfig(settings)));
  const parameters = new Float32Array(parts.at(-1)?.stop ?? 0);
  for (const { name, start, stop } of parts) {
    const tensor = tensors.get(name);
    if (tensor?.data.length !== stop - start) {
      throw new Error(`Cannot read ${path}: "${name}" is missing or of another size`);
    }
    parameters.set(tensor.data, start);
  }
  if (record.moments === null) return { env, settings, parameters };
  const moments = recordIn(record, "moments", config);
  const [mean, variance] = ["mean", "variance"].map((name) => rowIn(moments, name, config));
  return { env, settings, parameters, moments: { mean, variance } };
}

/** The result of an evaluation. */
export interface EvaluationResult {
  /** The number of episodes. */
  readonly episodes: number;
  /** Their mean return. */
  readonly mean: number;
  /** Their standard deviation, with divisor n. */
  readonly std: number;
}

/** Writes the result of the evaluation after training. */
export const writeEvaluation = (folder: string, result: EvaluationResult): Promise<void> =>
  writeAtomically(pathsOf(folder).evaluation, JSON.stringify(result) + "\n");
