/**
 * `deno task bench ppo`: a PPO timestep with its update, ours beside PyTorch's with `--python PATH`.
 *
 * Both sides have the same folder of weights and the same prompts, and each is a process of its own. They work in turn, a round each,
 * so that what else the machine does hits both; at full size on the CPU a process lives for one round, and no two of them hold memory at
 * once. On a GPU the first round does not count: kernels are built in it.
 * Ours is measured once for each of `--settings` (sets of settings by name or as JSON), PyTorch once for each `--manner` ("plain",
 * "tutorial": see `ppo_torch.py`).
 */
import { parseArgs } from "node:util";
import { isRecord, parseJson } from "../lib/files/mod.ts";
import { type Gpt2Config, readModelFolder } from "../lib/lm/mod.ts";
import { checkSettings, type Settings, validateSettings } from "../lib/settings/mod.ts";
import type { DeviceKind } from "../lib/runtime/mod.ts";
import { deviceKind } from "./device_kind.ts";
import { type Peer, startPeer } from "./peer.ts";
import type { OurOptions, PeerRequest, ProductAnswer } from "./ppo_ours.ts";
import { type Measured, partsTable } from "./ppo_table.ts";
import { PARTS, type TimestepAnswer, wholeSeconds } from "./ppo_timestep.ts";
import { type Lengths, promptLengths, randomPrompts, updateFlops } from "./ppo_work.ts";
import { ensureRandomModel } from "./random_model.ts";

/** Sets of settings that change memory and time, and no result: everything at once, what a laptop holds, a GPU's memory kept. */
const MEMORY: Readonly<Record<string, Partial<Settings>>> = {
  off: {},
  on: {
    micro_batch_size: 1,
    blocks_per_program: 1,
    logits_at_once: 256,
    score_batch_size: 2,
    generate_batch_size: 4,
    spare_memory: true,
  },
  exact: { gpu_buffers: "exact" },
};

/** What their columns are called. */
const NAMES: Readonly<Record<string, string>> = {
  off: "savings off",
  on: "savings on",
  exact: "exact GPU buffers",
};

interface Shape {
  readonly folder: string;
  readonly batch: string;
  readonly new: number;
  /** Tokens of a prompt that fills max_len. */
  readonly longest: number;
  readonly settings: string;
  readonly rounds: string;
  /** Whether a process lives on from round to round, the first of which then does not count. */
  readonly lives: boolean;
}

const SHAPES: Readonly<Record<string, Shape>> = {
  embedded: {
    folder: "models/sft_model",
    batch: "16",
    new: 24,
    longest: 62,
    settings: "off",
    rounds: "5",
    lives: true,
  },
  full: {
    folder: "out/random-gpt2-base",
    batch: "8",
    new: 64,
    longest: 704,
    settings: "off,on",
    rounds: "1",
    lives: false,
  },
};

const options = {
  python: { type: "string" },
  shape: { type: "string", default: "embedded" },
  folder: { type: "string" },
  batch: { type: "string" },
  settings: { type: "string" },
  lengths: { type: "string", default: "full" },
  epochs: { type: "string", default: "2" },
  rounds: { type: "string" },
  manner: { type: "string", default: "plain" },
  device: { type: "string", default: "cpu" },
} as const;

/** What is measured, for every side. */
interface Work {
  readonly shape: Shape;
  readonly folder: string;
  readonly config: Gpt2Config;
  /** Tokens of each prompt. */
  readonly lengths: readonly number[];
  readonly epochs: number;
  readonly rounds: number;
  /** Where our side computes; PyTorch's reads TORCH_DEVICE. */
  readonly kind: DeviceKind;
}

/** One side and what it said. */
interface Side {
  readonly name: string;
  /** Ours: what it was measured with. */
  readonly settings: Settings | undefined;
  readonly start: () => Promise<Peer>;
  readonly found: TimestepAnswer[];
  readonly products: number[];
}

/** Measures and prints. */
export async function benchPpo(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  const shape = SHAPES[values.shape] ?? unknown("shape", values.shape, Object.keys(SHAPES));
  const folder = values.folder ?? shape.folder;
  if (values.shape === "full") await ensureRandomModel(folder);
  const { config } = await readModelFolder(folder);
  const batch = Number(values.batch ?? shape.batch);
  const lengths = promptLengths(asLengths(values.lengths), { batch, longest: shape.longest });
  const work = {
    shape,
    folder,
    config,
    lengths,
    epochs: Number(values.epochs),
    rounds: Number(values.rounds ?? shape.rounds),
    kind: deviceKind(values.device),
  };
  const kinds = new Set(lengths).size === 1 ? String(lengths[0]) : lengths.join(", ");
  console.log(
    `${values.shape}: ${batch} prompts of ${kinds} tokens, ${shape.new} new, ${work.epochs} epochs`,
  );
  const sides = [
    ...(values.settings ?? shape.settings).split(/,(?![^{]*})/).map((name) => ours(name, work)),
    ...values.python === undefined
      ? []
      : values.manner.split(",").map(torch(values.python, folder)),
  ];
  const lives = shape.lives || work.kind === "webgpu";
  await (lives ? inLivingProcesses(sides, work) : inFreshProcesses(sides, work));
  console.log("\n" + partsTable(sides.map((side) => measured(side, work))));
}

function unknown(what: string, found: string, known: readonly string[]): never {
  throw new RangeError(`Cannot measure ${what} "${found}": ${known.join(" and ")} are known`);
}

const asLengths = (text: string): Lengths =>
  text === "full" || text === "spread" ? text : unknown("lengths", text, ["full", "spread"]);

/** Our side with a set of settings, by name or as JSON. */
function ours(name: string, { folder, lengths, kind }: Work): Side {
  const settings = MEMORY[name] ??
    (name.startsWith("{") ? parseJson(name, "--settings") : undefined);
  if (!isRecord(settings)) unknown("settings", name, [...Object.keys(MEMORY), "JSON"]);
  checkSettings(settings);
  const argument: OurOptions = { model: folder, settings, kind };
  const script = new URL("ppo_ours.ts", import.meta.url).pathname;
  return {
    name: name in NAMES ? `ours, ${NAMES[name]}` : `ours, ${name}`,
    settings: validateSettings({ ...settings, batch_size: lengths.length }),
    start: () => startPeer(Deno.execPath(), ["run", "-A", script, JSON.stringify(argument)]),
    found: [],
    products: [],
  };
}

/** PyTorch in a manner that `ppo_torch.py` knows. */
const torch = (python: string, folder: string) => (manner: string): Side => ({
  name: manner === "plain" ? "PyTorch" : `PyTorch, ${manner}`,
  settings: undefined,
  start: () =>
    startPeer(python, [new URL("ppo_torch.py", import.meta.url).pathname, folder, manner]),
  found: [],
  products: [],
});

async function inLivingProcesses(sides: readonly Side[], work: Work): Promise<void> {
  const peers: [Side, Peer][] = [];
  for (const side of sides) peers.push([side, await started(side)]);
  for (let round = 0; round <= work.rounds; round++) {
    for (const [side, peer] of peers) await oneRound(side, { peer, round, work });
  }
  for (const [, peer] of peers) await peer.close();
}

async function inFreshProcesses(sides: readonly Side[], work: Work): Promise<void> {
  for (let round = 1; round <= work.rounds; round++) {
    for (const side of sides) {
      const peer = await started(side);
      await oneRound(side, { peer, round, work });
      await peer.close();
    }
  }
}

async function started({ name, start }: Side): Promise<Peer> {
  const peer = await start();
  console.log(`${name}: ${peer.greeting}`);
  return peer;
}

/** The matrix product's speed, a timestep, and the speed again; round 0 does not count. */
async function oneRound(
  { name, found, products }: Side,
  { peer, round, work }: { peer: Peer; round: number; work: Work },
): Promise<void> {
  const product = async () =>
    (await peer.ask<ProductAnswer>({ ask: "product", seconds: 0.3 } satisfies PeerRequest)).gflops;
  const { config, lengths, shape, epochs } = work;
  const prompts = randomPrompts(lengths, { seed: round + 1, vocabSize: config.vocabSize });
  const request = { ask: "timestep", prompts, new: shape.new, epochs, seed: round } as const;
  const before = await product();
  const said = await peer.ask<TimestepAnswer>(request satisfies PeerRequest);
  const after = await product();
  const parts = PARTS.map((part) => `${part} ${said.seconds[part].toFixed(2)}`).join(", ");
  const seconds = `${wholeSeconds(said.seconds).toFixed(2)} s (${parts})`;
  const speed = `products at ${before.toFixed(0)} and ${after.toFixed(0)} GFLOP/s`;
  console.log(`round ${round}, ${name}: ${seconds}, ${speed}${round === 0 ? ", not counted" : ""}`);
  if (round === 0) return;
  found.push(said);
  products.push(Math.max(before, after));
}

function measured({ name, settings, found, products }: Side, work: Work): Measured {
  const { config, lengths: prompts, shape, epochs } = work;
  const flops = settings && updateFlops({ config, prompts, new: shape.new, epochs, settings });
  return { name, found, flops, products };
}
