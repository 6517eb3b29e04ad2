/**
 * `deno task bench ppo`: a PPO timestep with its update, ours beside PyTorch's with `--python PATH`.
 *
 * Each side is a process of its own and both have the same folder of weights and the same prompts; they work in turn, a round each,
 * so that what else the machine does hits both. Ours is measured once for each of `--settings` (sets of settings by name).
 */
import { parseArgs } from "node:util";
import { type Gpt2Config, readModelFolder } from "../lib/lm/mod.ts";
import { type Settings, validateSettings } from "../lib/rlhf/mod.ts";
import { type Peer, startPeer } from "./peer.ts";
import type { OurOptions, PeerRequest, ProductAnswer } from "./ppo_ours.ts";
import { type TimestepAnswer, wholeSeconds } from "./ppo_timestep.ts";
import { type Lengths, promptLengths, randomPrompts, updateFlops } from "./ppo_work.ts";
import { type Measured, partsTable } from "./ppo_table.ts";
import { ensureRandomModel } from "./random_model.ts";

/** Sets of settings that change memory and time, and no result. */
const MEMORY: Readonly<Record<string, Partial<Settings>>> = {
  /** Everything at once. */
  off: {},
  /** For a laptop: one answer a pass, a program a block. */
  on: {
    micro_batch_size: 1,
    blocks_per_program: 1,
    logits_at_once: 256,
    score_batch_size: 2,
    generate_batch_size: 4,
    spare_memory: true,
  },
};

interface Shape {
  readonly folder: string;
  readonly batch: string;
  readonly new: number;
  /** Tokens of a prompt that fills max_len. */
  readonly longest: number;
  readonly settings: string;
}

const SHAPES: Readonly<Record<string, Shape>> = {
  embedded: { folder: "models/sft_model", batch: "16", new: 24, longest: 62, settings: "off" },
  full: { folder: "out/random-gpt2-base", batch: "8", new: 64, longest: 704, settings: "off,on" },
};

const options = {
  python: { type: "string" },
  shape: { type: "string", default: "embedded" },
  folder: { type: "string" },
  batch: { type: "string" },
  settings: { type: "string" },
  lengths: { type: "string", default: "full" },
  epochs: { type: "string", default: "2" },
  rounds: { type: "string", default: "5" },
  warmup: { type: "string", default: "1" },
  dropout: { type: "string", default: "0" },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

/** One side and what it said. */
interface Side {
  readonly name: string;
  readonly peer: Peer;
  readonly settings: Settings | undefined;
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
  const lengths = promptLengths(asLengths(values.lengths), {
    batch: Number(values.batch ?? shape.batch),
    longest: shape.longest,
  });
  console.log(
    `${values.shape}: ${lengths.length} prompts of ${[...lengths].join(", ")} tokens, ${shape.new} new`,
  );
  const sides = await openSides({ values, shape, folder, batch: lengths.length });
  await rounds(sides, { values, config, lengths, answer: shape.new });
  console.log(
    "\n" + partsTable(sides.map((side) => measured(side, { values, config, lengths, answer: shape.new }))),
  );
  for (const { peer } of sides) await peer.close();
}

function unknown(what: string, found: string, known: readonly string[]): never {
  throw new RangeError(`Cannot measure ${what} "${found}": ${known.join(" and ")} are known`);
}

const asLengths = (text: string): Lengths =>
  text === "full" || text === "spread" ? text : unknown("lengths", text, ["full", "spread"]);

async function openSides(
  { values, shape, folder, batch }: { values: Values; shape: Shape; folder: string; batch: number },
): Promise<Side[]> {
  const sides: Side[] = [];
  const add = async (name: string, command: string, args: string[], settings?: Settings) => {
    const peer = await startPeer(command, args);
    console.log(`${name}: ${peer.greeting}`);
    sides.push({ name, peer, settings, found: [], products: [] });
  };
  for (const name of (values.settings ?? shape.settings).split(",")) {
    const settings = MEMORY[name] ?? unknown("settings", name, Object.keys(MEMORY));
    const options: OurOptions = { model: folder, settings };
    const script = new URL("ppo_ours.ts", import.meta.url).pathname;
    const args = ["run", "-A", script, JSON.stringify(options)];
    await add(
      `ours, savings ${name}`,
      Deno.execPath(),
      args,
      validateSettings({ ...settings, batch_size: batch }),
    );
  }
  if (values.python !== undefined) {
    const script = new URL("ppo_torch.py", import.meta.url).pathname;
    await add("PyTorch", values.python, [script, folder, values.dropout, "0"]);
  }
  return sides;
}

interface Work {
  readonly values: Values;
  readonly config: Gpt2Config;
  readonly lengths: readonly number[];
  readonly answer: number;
}

async function rounds(sides: readonly Side[], { values, config, lengths, answer }: Work): Promise<void> {
  const warmup = Number(values.warmup);
  for (let round = 1 - warmup; round <= Number(values.rounds); round++) {
    const prompts = randomPrompts(lengths, { seed: round + warmup, vocabSize: config.vocabSize });
    for (const { name, peer, found, products } of sides) {
      const { gflops } = await peer.ask<ProductAnswer>(
        { ask: "product", seconds: 0.5 } satisfies PeerRequest,
      );
      const request = {
        ask: "timestep",
        prompts,
        new: answer,
        epochs: Number(values.epochs),
        seed: round,
      } as const;
      const said = await peer.ask<TimestepAnswer>(request satisfies PeerRequest);
      const kept = round > 0 ? "" : " (not counted)";
      console.log(`round ${round}, ${name}: ${wholeSeconds(said.seconds).toFixed(2)} s${kept}`);
      if (round <= 0) continue;
      found.push(said);
      products.push(gflops);
    }
  }
}

function measured(
  { name, settings, found, products }: Side,
  { values, config, lengths, answer }: Work,
): Measured {
  const flops = settings === undefined ? undefined : updateFlops({
    config,
    prompts: lengths,
    new: answer,
    epochs: Number(values.epochs),
    settings,
  });
  return { name, found, flops, products };
}
