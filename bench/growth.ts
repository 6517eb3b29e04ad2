/**
 * `deno task bench growth`: how a timestep's time grows with the batch, the texts' length, the model's width and the number of updates.
 *
 * Each quantity is doubled a few times on a small shape, the others stay. The exponent is the slope of log seconds over log quantity
 * by least squares; beside it stands that of the matrix products' operations, which is what the arithmetic says.
 */
import { type Gpt2Config } from "../lib/lm/mod.ts";
import { type Settings, validateSettings } from "../lib/settings/mod.ts";
import { type Device, openDevice } from "../lib/runtime/mod.ts";
import {
  openTimesteps,
  type TimestepAnswer,
  type TimestepSeconds,
  wholeSeconds,
} from "./ppo_timestep.ts";
import { median } from "./ppo_table.ts";
import { promptLengths, randomPrompts, updateFlops } from "./ppo_work.ts";

/** What a point of a curve is measured on. */
interface Point {
  readonly batch: number;
  /** Tokens of prompt and answer. */
  readonly length: number;
  readonly embed: number;
}

const START: Point = { batch: 8, length: 128, embed: 256 };
const NEW = 24, ROUNDS = 3;

const CURVES: Readonly<Record<string, readonly Point[]>> = {
  batch: [4, 8, 16, 32].map((batch) => ({ ...START, batch })),
  length: [128, 256, 512, 1024].map((length) => ({ ...START, length, batch: 4 })),
  width: [128, 256, 512, 1024].map((embed) => ({ ...START, embed, batch: 4 })),
};

const configOf = ({ length, embed }: Point): Gpt2Config => ({
  vocabSize: 1200,
  positions: length,
  embed,
  heads: embed / 64,
  layers: 4,
  layerNormEpsilon: 1e-5,
});

/** Passes of one size: a larger batch is more of them. */
const SETTINGS: Partial<Settings> = { micro_batch_size: 4 };

/** Measures and prints. */
export async function benchGrowth(): Promise<void> {
  const device = await openDevice("cpu");
  await updates(device); // first: a process's peak memory never falls
  for (const [name, points] of Object.entries(CURVES)) {
    await curve(device, name as keyof Point | "width", points);
  }
}

async function curve(device: Device, name: string, points: readonly Point[]): Promise<void> {
  const rows: { x: number; answer: TimestepSeconds; flops: number }[] = [];
  for (const point of points) {
    const x = name === "width" ? point.embed : name === "length" ? point.length : point.batch;
    const answers = await timesteps(device, point, ROUNDS + 1);
    rows.push({ x, answer: typical(answers.slice(1)), flops: flopsOf(point) });
  }
  const column = (of: (seconds: TimestepSeconds) => number) =>
    rows.map(({ x, answer }) => [x, of(answer)] as const);
  const update = ({ actor, critic }: TimestepSeconds) => actor + critic;
  const lines = [
    [name, ...rows.map(({ x }) => String(x)), "exponent"],
    ["---", ...rows.map(() => "---"), "---"],
    line("generate", column(({ generate }) => generate)),
    line("score", column(({ score }) => score)),
    line("update", column(update)),
    line("timestep", column(wholeSeconds)),
    [
      "operations of the update",
      ...rows.map(({ flops }) => `${(flops / 1e9).toFixed(1)} G`),
      slope(rows.map(({ x, flops }) => [x, flops] as const)),
    ],
  ];
  console.log(lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n") + "\n");
}

const line = (name: string, points: readonly (readonly [number, number])[]): string[] => [
  name,
  ...points.map(([, seconds]) => `${(1000 * seconds).toFixed(0)} ms`),
  slope(points),
];

/** The exponent k of y = a x^k: the slope of log y over log x. */
export function exponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (index: number) => logs.reduce((sum, log) => sum + log[index], 0) / logs.length;
  const [mx, my] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}

const slope = (points: readonly (readonly [number, number])[]): string =>
  exponent(points).toFixed(2);

async function timesteps(device: Device, point: Point, count: number): Promise<TimestepAnswer[]> {
  const config = configOf(point);
  const lengths = promptLengths("full", { batch: point.batch, longest: point.length - NEW });
  const prompts = (seed: number) => randomPrompts(lengths, { seed, vocabSize: config.vocabSize });
  const request = { prompts: prompts(0), new: NEW, epochs: 1 };
  const step = await openTimesteps(device, { model: config, settings: SETTINGS, request });
  const answers: TimestepAnswer[] = [];
  for (let round = 1; round <= count; round++) answers.push(await step(prompts(round)));
  return answers;
}

function typical(answers: readonly TimestepAnswer[]): TimestepSeconds {
  const middle = (part: keyof TimestepSeconds) =>
    median(answers.map(({ seconds }) => seconds[part]));
  const [generate, score, actor, critic] = [
    middle("generate"),
    middle("score"),
    middle("actor"),
    middle("critic"),
  ];
  return {
    generate,
    score,
    actor,
    critic,
    log_probs: middle("log_probs"),
    values: middle("values"),
  };
}

function flopsOf(point: Point): number {
  const prompts = Array(point.batch).fill(point.length - NEW);
  const settings = validateSettings({ ...SETTINGS, batch_size: point.batch });
  return updateFlops({ config: configOf(point), prompts, new: NEW, epochs: 1, settings });
}

/** Time and peak memory after 4, 8, ... updates of one run. */
async function updates(device: Device): Promise<void> {
  const answers = await timesteps(device, START, 33);
  const counts = [4, 8, 16, 32];
  const total = (count: number) =>
    answers.slice(1, 1 + count).reduce((sum, { seconds }) => sum + wholeSeconds(seconds), 0);
  const lines = [
    ["updates", ...counts.map(String), "exponent"],
    ["---", ...counts.map(() => "---"), "---"],
    line("all of them", counts.map((count) => [count, total(count)] as const)),
    [
      "peak memory of the process",
      ...counts.map((count) => `${answers[count].peak.toFixed(0)} MiB`),
      "",
    ],
  ];
  console.log(lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n") + "\n");
}
