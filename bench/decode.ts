/**
 * `deno task bench decode`: tokens a second out of GPT-2 base, prompts not counted, beside transformers where a Python is given.
 *
 * Both sides hold the same random weights and work in turn, a round each, so that what else the machine does hits both. A round
 * reads prompts of 512 tokens and draws 64 more; what counts are the 63 steps after the first token, which the prompt's pass gives.
 */
import { parseArgs } from "node:util";
import { createGenerator, type Generator, transposeParameters } from "../lib/decode/mod.ts";
import { gpt2Spec, plainSampling, readModelFolder, uploadParameters } from "../lib/lm/mod.ts";
import { uniform } from "../lib/random/mod.ts";
import { type DeviceKind, openDevice } from "../lib/runtime/mod.ts";
import { deviceKind } from "./device_kind.ts";
import { startPeer } from "./peer.ts";
import { ensureRandomModel } from "./random_model.ts";

/** Seconds for the prompts, and for each further token of all rows. */
interface Round {
  readonly prefill: number;
  readonly steps: readonly number[];
}

/** What one round is asked to do. */
interface Request {
  readonly batch: number;
  readonly prompt: number;
  readonly new: number;
  readonly seed: number;
}

const options = {
  python: { type: "string" },
  folder: { type: "string", default: "out/random-gpt2-base" },
  batch: { type: "string", default: "1,16" },
  rounds: { type: "string", default: "5" },
  prompt: { type: "string", default: "512" },
  new: { type: "string", default: "64" },
  device: { type: "string", default: "cpu" },
} as const;

/** Measures and prints. */
export async function benchDecode(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  await ensureRandomModel(values.folder);
  const ours = await openOurs(values.folder, deviceKind(values.device));
  const peer = values.python === undefined ? undefined : await startPeer(values.python, [
    new URL("decode_transformers.py", import.meta.url).pathname,
    values.folder,
  ]);
  if (peer !== undefined) console.log(`transformers: ${peer.greeting}`);
  const rows = [HEAD];
  for (const batch of values.batch.split(",").map(Number)) {
    const found: { ours: Round[]; theirs: Round[] } = { ours: [], theirs: [] };
    for (let seed = 1; seed <= Number(values.rounds); seed++) {
      const request = { batch, prompt: Number(values.prompt), new: Number(values.new), seed };
      found.ours.push(await ours(request));
      if (peer !== undefined) found.theirs.push(await peer.ask<Round>(request));
      console.log(roundLine(request, found));
    }
    rows.push(...tableRows(batch, found));
  }
  console.log("\n" + rows.join("\n"));
  if (peer === undefined) console.log(HOW_TO_COMPARE);
  await peer?.close();
}

const HOW_TO_COMPARE = `
For the ratio to transformers give a Python that has it:
  python3 -m venv /tmp/transformers && /tmp/transformers/bin/pip install torch transformers
  deno task bench decode --python /tmp/transformers/bin/python`;

/** A function that runs one round of ours. */
async function openOurs(
  folder: string,
  kind: DeviceKind,
): Promise<(request: Request) => Promise<Round>> {
  const { config, weights } = await readModelFolder(folder);
  const device = await openDevice(kind);
  console.log(`ours: ${device.description}`);
  const stored = await uploadParameters(device, gpt2Spec(config), weights, { share: true });
  const parameters = kind === "cpu" ? await transposeParameters(device, config, stored) : stored;
  const special = { padId: 0, endId: -1 }; // no token ends an answer
  const generator = await createGenerator(device, config, { sampling: plainSampling, special });
  const warm = new Set<number>();
  return async ({ batch, prompt, new: maxNewTokens, seed }) => {
    const token = (row: number, column: number) =>
      5 + Math.floor(uniform(seed, 1, row, column) * (config.vocabSize - 5));
    const prompts = Array.from(
      { length: batch },
      (_, row) => Array.from({ length: prompt }, (_, column) => token(row, column)),
    );
    if (kind === "webgpu") {
      const round = () => onGpu(generator, { parameters, prompts, maxNewTokens, seed });
      if (!warm.has(batch)) await round(); // kernels are built in it
      warm.add(batch);
      return await round();
    }
    const times: number[] = [];
    const drawn = (row: number, position: number) => {
      if (row === 0) times.push(performance.now());
      return uniform(seed, 0, row, position);
    };
    await generator.generate(parameters, prompts, { maxNewTokens, uniform: drawn });
    times.push(performance.now());
    const [prefill, ...steps] = times.slice(1).map((time, index) => (time - times[index]) / 1000);
    return { prefill, steps };
  };
}

interface GpuRound {
  readonly parameters: Parameters<Generator["generate"]>[0];
  readonly prompts: readonly (readonly number[])[];
  readonly maxNewTokens: number;
  readonly seed: number;
}

/** A GPU computes behind the host's back: the prompts' pass is measured alone, and the steps are what the whole takes longer. */
async function onGpu(
  generator: Generator,
  { parameters, prompts, maxNewTokens, seed }: GpuRound,
): Promise<Round> {
  const secondsOf = async (count: number) => {
    const start = performance.now();
    await generator.generate(parameters, prompts, {
      maxNewTokens: count,
      uniform: (row, position) => uniform(seed, 0, row, position),
    });
    return (performance.now() - start) / 1000;
  };
  const prefill = await secondsOf(1);
  const step = (await secondsOf(maxNewTokens) - prefill) / (maxNewTokens - 1);
  return { prefill, steps: Array.from({ length: maxNewTokens - 1 }, () => step) };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
/** Tokens a second over all steps of a round. */
const speed = (batch: number, { steps }: Round) => batch * steps.length / sum(steps);

type Found = { readonly ours: readonly Round[]; readonly theirs: readonly Round[] };

function roundLine({ batch, seed }: Request, { ours, theirs }: Found): string {
  const [own, other] = [ours, theirs].map((rounds) => rounds.at(-1));
  const said = (round: Round | undefined) =>
    round === undefined ? "-" : `${speed(batch, round).toFixed(1)} tokens/s`;
  return `batch ${batch}, round ${seed}: ours ${said(own)}, transformers ${said(other)}`;
}

const HEAD =
  "| batch | who | tokens/s, best round | tokens/s, median round | fastest step, ms | prompt, s |\n|---|---|---|---|---|---|";

function tableRows(batch: number, { ours, theirs }: Found): string[] {
  const row = (who: string, rounds: readonly Round[]) => {
    const speeds = rounds.map((round) => speed(batch, round));
    const fastest = 1000 * Math.min(...rounds.flatMap(({ steps }) => steps));
    const prompt = Math.min(...rounds.map(({ prefill }) => prefill));
    const cells = [
      Math.max(...speeds).toFixed(1),
      median(speeds).toFixed(1),
      fastest.toFixed(1),
      prompt.toFixed(2),
    ];
    return `| ${batch} | ${who} | ${cells.join(" | ")} |`;
  };
  if (theirs.length === 0) return [row("ours", ours)];
  const best = (rounds: readonly Round[]) =>
    Math.max(...rounds.map((round) => speed(batch, round)));
  const fastest = (rounds: readonly Round[]) => Math.min(...rounds.flatMap(({ steps }) => steps));
  const ratios = ours.map((round, index) => speed(batch, round) / speed(batch, theirs[index]));
  const cells = [best(ours) / best(theirs), median(ratios), fastest(theirs) / fastest(ours)].map((
    ratio,
  ) => `${ratio.toFixed(2)} times`);
  return [
    row("ours", ours),
    row("transformers", theirs),
    `| ${batch} | ratio | ${cells.join(" | ")} | |`,
  ];
}
