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

/** Markdown: a row a part, a column a side (medians), and for all but the last side the median ratio of the last to it. */
export function partsTable(sides: readonly Measured[]): string {
  const [last, others] = [sides[sides.length - 1], sides.slice(0, -1)];
  const ratios = (of: (answer: TimestepAnswer) => number) =>
    others.map(({ found }) =>
      `${median(found.map((answer, round) => of(last.found[round]) / of(answer))).toFixed(2)} times`
    );
  const line = (name: string, of: (answer: TimestepAnswer) => number) => [
    name,
    ...sides.map(({ found }) => duration(median(found.map(of)))),
    ...ratios(of),
  ];
  const rows = [
    ["part", ...sides.map(({ name }) => name), ...others.map(({ name }) => `${last.name} / ${name}`)],
    ["---", ...sides.map(() => "---"), ...others.map(() => "---")],
    ...PARTS.map((part) => line(WORDS[part], ({ seconds }) => seconds[part])),
    line("whole timestep", ({ seconds }) => wholeSeconds(seconds)),
    [
      "peak memory",
      ...sides.map(({ found }) => `${Math.max(...found.map(({ peak }) => peak)).toFixed(0)} MiB`),
      ...others.map(() => ""),
    ],
    [
      "matrix product",
      ...sides.map(({ products }) => `${median(products).toFixed(0)} GFLOP/s`),
      ...others.map(() => ""),
    ],
    ["update's share of it", ...sides.map((side) => shareOf(side, sides)), ...others.map(() => "")],
  ];
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The update's products a second as a share of the fastest product that any side showed in the same round. */
function shareOf({ flops, found }: Measured, sides: readonly Measured[]): string {
  if (flops === undefined) return "-";
  const shares = found.map(({ seconds: { actor, critic } }, round) => {
    const fastest = Math.max(...sides.map(({ products }) => products[round]));
    return flops / (actor + critic) / 1e9 / fastest;
  });
  const speed = median(found.map(({ seconds: { actor, critic } }) => flops / (actor + critic) / 1e9));
  return `${(100 * median(shares)).toFixed(0)} % (${speed.toFixed(0)} GFLOP/s)`;
}
