/** `scripts/train.ts` as a process of its own, on a model of a few thousand parameters, and what it leaves on the disk. */
import { fileURLToPath } from "node:url";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { readText } from "../../lib/files/mod.ts";
import { sha256Of } from "../../scripts/sha256.ts";

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** 9 passages of one to nine characters that the tiny vocabulary has. */
export async function writePassages(path: string): Promise<void> {
  const passages = Array.from({ length: 9 }, (_, index) => "一丁七万丈三上下不".slice(index));
  await Deno.writeTextFile(
    path,
    passages.map((content) => JSON.stringify({ content }) + "\n").join(""),
  );
}

/** 3 episodes of 4 timesteps, 6 updates of 4 optimizer steps each; a checkpoint after steps 8, 16 and 24. */
export const tinyFlags = (passages: string): string[] =>
  Object.entries({
    train_file_path: passages,
    ori_model_path: pathOf("tests/fixtures/gpt2_tiny"),
    reward_model_path: pathOf("tests/fixtures/reward_tiny"),
    max_len: 24,
    query_len: 6,
    batch_size: 4,
    num_episodes: 3,
    max_timesteps: 4,
    update_timesteps: 2,
    learning_rate: 1e-3,
    seed: 5,
  }).flatMap(([name, value]) => [`--${name}`, String(value)]);

/** What the process is given besides the flags of the command. */
export interface TrainProcess {
  /** A script of this project that runs before the command. */
  readonly preload?: string;
  /** Variables besides those of this process (default: LANG of English). */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the command. */
export const startTrain = (
  flags: readonly string[],
  { preload, env = {} }: TrainProcess = {},
): Deno.ChildProcess =>
  new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", ...(preload === undefined ? [] : [`--preload=${pathOf(preload)}`])],
      ...[pathOf("scripts/train.ts"), ...flags],
    ],
    env: { LANG: "C.UTF-8", ...env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();

/** Runs the command to its end. */
export async function runTrain(
  flags: readonly string[],
  process: TrainProcess = {},
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await startTrain(flags, process).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** Names in a folder, sorted. */
export const namesIn = async (folder: string): Promise<string[]> =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

/** All that a run has logged and learnt, without clock times: two runs that are the same to the bit have the same text. */
export async function traceOf(folder: string): Promise<Record<string, unknown>> {
  const names = (await namesIn(folder)).filter((name) => /^(checkpoint|state)-/.test(name));
  const weights = names.flatMap((name) =>
    name.startsWith("state-")
      ? [`${name}/actor.safetensors`, `${name}/critic.safetensors`]
      : [`${name}/model.safetensors`]
  );
  const digests = await Promise.all(
    weights.map(async (name) => [name, await sha256Of(`${folder}/${name}`)]),
  );
  return {
    metrics: (await readText(`${folder}/metrics.jsonl`)).replaceAll(/"seconds_\w+":[^,}]+/g, ""),
    answers: await readText(`${folder}/answers.jsonl`),
    scalars: (await scalarsOf(folder)).filter(([tag]) => !tag.startsWith("seconds_")),
    ...Object.fromEntries(digests),
  };
}

/** Tag, step and value of every scalar in a folder's event files. */
export async function scalarsOf(folder: string): Promise<[string, number, number][]> {
  const scalars: [string, number, number][] = [];
  for (const name of (await namesIn(folder)).filter((name) => name.includes("tfevents"))) {
    const bytes = await Deno.readFile(`${folder}/${name}`);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length;) {
      const length = Number(view.getBigUint64(at, true));
      scalars.push(...eventScalars(bytes.subarray(at + 12, at + 12 + length)));
      at += 12 + length + 4;
    }
  }
  return scalars;
}

/** Fields of a protobuf message by number, each as its reader found it. */
function fieldsOf(bytes: Uint8Array): [number, Uint8Array | number][] {
  const reader = new BinaryReader(bytes);
  const fields: [number, Uint8Array | number][] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const value = type === 1
      ? reader.double()
      : type === 5
      ? reader.float()
      : type === 0
      ? Number(reader.int64())
      : reader.bytes();
    fields.push([field, value]);
  }
  return fields;
}

function eventScalars(bytes: Uint8Array): [string, number, number][] {
  const event = fieldsOf(bytes);
  const step = Number(event.find(([field]) => field === 2)?.[1] ?? 0);
  const summary = event.find(([field]) => field === 5)?.[1];
  if (!(summary instanceof Uint8Array)) return [];
  return fieldsOf(summary).map(([, value]) => {
    const [[, tag], [, number]] = fieldsOf(value as Uint8Array); // Summary.value is a message
    return [new TextDecoder().decode(tag as Uint8Array), step, Number(number)];
  });
}
