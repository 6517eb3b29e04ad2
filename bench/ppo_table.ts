/** The table of `deno task bench ppo`: seconds by part, ratios round by round, memory, share of the matrix product's speed. */
import { PARTS, type TimestepAnswer, wholeSeconds } from "./ppo_timestep.ts";

/** A side's rounds. */
export interface Measured {
  readonly name: string;
  readonly found: readonly TimestepAnswer[];
  /** Floating-point operations in the matrix products of one update; undefined: not counted. */
  readonly flops: number | undefined;
  /** The matrix product's speed in GFLOP/s before each round. */
  readonly products: readonly number[];
}

/** The middle one; of an even number the upper of the two. */
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

const WORDS: Readonly<Record<(typeof PARTS)[number], string>> = {
  generate: "generate",
  score: "score",
  log_probs: "of it log-probabilities",
  values: "of it values and scores",
  actor: "update actor",
  critic: "update critic",
};

const duration = (seconds: number): string =>
  seconds < 1 ? `${(1000 * seconds).toFixed(0)} ms` : `${seconds.toFixed(2)} s`;

/** Markdown: a row a part, a column a side (medians), and for each side but the first its median ratio to the first. */
export function partsTable(sides: readonly Measured[]): string {
  const [first, ...others] = sides;
  const line = (name: string, of: (answer: TimestepAnswer) => number) => [
    name,
    ...sides.map(({ found }) => duration(median(found.map(of)))),
    ...others.map(({ found }) =>
      `${
        median(found.map((answer, round) => of(answer) / of(first.found[round]))).toFixed(2)
      } times`
    ),
  ];
  const plain = (name: string, of: (side: Measured) => string) => [
    name,
    ...sides.map(of),
    ...others.map(() => ""),
  ];
  const rows = [
    [
      "part",
      ...sides.map(({ name }) => name),
      ...others.map(({ name }) => `${name} / ${first.name}`),
    ],
    ["---", ...sides.map(() => "---"), ...others.map(() => "---")],
    ...PARTS.map((part) => line(WORDS[part], ({ seconds }) => seconds[part])),
    line("whole timestep", ({ seconds }) => wholeSeconds(seconds)),
    plain(
      "peak memory",
      ({ found }) => `${Math.max(...found.map(({ peak }) => peak)).toFixed(0)} MiB`,
    ),
    plain("its matrix product", ({ products }) => `${median(products).toFixed(0)} GFLOP/s`),
    plain("update's share of it", shareOf),
  ];
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The update's products a second as a share of the matrix product's speed in the same round, by the same library. */
function shareOf({ flops, found, products }: Measured): string {
  if (flops === undefined) return "-";
  const speeds = found.map(({ seconds: { actor, critic } }) => flops / (actor + critic) / 1e9);
  const share = median(speeds.map((speed, round) => speed / products[round]));
  return `${(100 * share).toFixed(0)} % (${median(speeds).toFixed(0)} GFLOP/s)`;
}
