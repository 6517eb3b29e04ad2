/**
 * The appendix "Beside the tutorial, line by line": its table of flags, the names and switches that
 * it gives, its line numbers, and the agreement of its two editions.
 */
import assert from "node:assert/strict";
import {
  defaultOf,
  PREDICT_SETTINGS,
  readValue,
  REWARD_SETTINGS,
  SETTINGS,
  type SettingSpec,
  type Value,
} from "../../lib/settings/mod.ts";
import {
  cellsOf,
  codeLinksOf,
  headingLevelsOf,
  linkTargetsOf,
  root,
  shellOf,
  tablesOf,
} from "../helpers/markdown.ts";

const PAGES = ["docs/TUTORIAL.md", "docs/zh/TUTORIAL.md"] as const;
const [english, chinese] = await Promise.all(
  PAGES.map((path) => Deno.readTextFile(new URL(path, root))),
);
const editions = [[PAGES[0], english], [PAGES[1], chinese]] as const;

/** The tutorial's flags in their order: the first line of each in its listing, and its default. */
const TUTORIAL_FLAGS: Readonly<Record<string, readonly [line: number, value: string]>> = {
  device: [157, "2"],
  train_file_path: [158, "data/ppo_train.json"],
  ori_model_path: [160, "sft_model/"],
  reward_model_path: [161, "rm_model/"],
  max_len: [162, "768"],
  query_len: [163, "64"],
  batch_size: [164, "16"],
  num_episodes: [165, "3"],
  max_timesteps: [166, "80"],
  update_timesteps: [167, "20"],
  kl_coef: [168, "0.02"],
  ppo_epoch: [169, "2"],
  policy_clip_eps: [170, "0.2"],
  value_clip_eps: [171, "0.2"],
  top_p: [172, "1.0"],
  repetition_penalty: [173, "1.4"],
  do_sample: [174, "True"],
  num_return_sequences: [175, "1"],
  max_grad_norm: [176, "1.0"],
  reward_clip_eps: [177, "5.0"],
  gamma: [178, "1.0"],
  lam: [179, "0.95"],
  learning_rate: [180, "1e-5"],
  adam_epsilon: [181, "1e-5"],
  output_dir: [182, "output_dir"],
  seed: [183, "2048"],
};

/** The lines of each function in the tutorial's listing. */
const FUNCTIONS: Readonly<Record<string, readonly [first: number, last: number]>> = {
  make_experience: [18, 53],
  update_model: [56, 94],
  train: [97, 151],
  set_args: [154, 184],
  main: [187, 226],
};

const COMMANDS: readonly Readonly<Record<string, SettingSpec>>[] = [
  SETTINGS,
  REWARD_SETTINGS,
  PREDICT_SETTINGS,
];

const specOf = (flag: string): SettingSpec | undefined =>
  COMMANDS.map((table) => table[flag]).find((spec) => spec !== undefined);

/** Text in backticks, as the cells of the table of flags give it. */
const quoted = (cell: string): string => /^`(.*)`$/.exec(cell)?.[1] ?? cell;

/** Every line number of a cell such as `28–34, 68`. */
const linesOf = (cell: string): number[] => [...cell.matchAll(/\d+/g)].map(Number);

for (const [path, page] of editions) {
  Deno.test(`${path} lists the tutorial's 26 flags with their lines and both defaults`, () => {
    const [, ...rows] = cellsOf(page).filter((cells) => cells.length === 6); // without its head
    assert.equal(rows.length, 26);
    assert.deepEqual(rows.map(([cell]) => quoted(cell)), Object.keys(TUTORIAL_FLAGS));
    for (const [flag, line, , there, here] of rows) {
      const spec = specOf(quoted(flag));
      assert.ok(spec !== undefined, flag);
      assert.deepEqual([linesOf(line)[0], quoted(there)], TUTORIAL_FLAGS[quoted(flag)], flag);
      const value: Value = readValue(spec, quoted(here), flag);
      assert.equal(value, defaultOf(spec), flag);
    }
  });

  Deno.test(`${path} gives every flag and function a place in its last table`, () => {
    const last = tablesOf(page).at(-1)?.join("\n") ?? "";
    const missing = [...Object.keys(TUTORIAL_FLAGS), ...Object.keys(FUNCTIONS)].filter(
      (name) => !last.includes(`\`${name}\``),
    );
    assert.deepEqual(missing, []);
  });

  Deno.test(`${path} names only what its files declare`, async () => {
    const links = codeLinksOf(page);
    assert.ok(links.length > 80, `${links.length} links`);
    const missing: string[] = [];
    for (const { name, target } of links) {
      const text = await Deno.readTextFile(new URL(target, new URL(path, root)));
      const declaration = new RegExp(`\\b(?:function\\*?|const|interface|type) ${name}\\b`);
      if (!declaration.test(text)) missing.push(`${target}: ${name}`);
    }
    assert.deepEqual(missing, []);
  });

  Deno.test(`${path} names switches that exist, with values that they accept`, () => {
    const prose = page.replaceAll(/```[\s\S]*?```/g, "");
    const wrong: string[] = [];
    let count = 0;
    for (const [, code] of prose.matchAll(/`(--[^`]+)`/g)) {
      for (const [, flag, value] of code.matchAll(/--([a-z_]+)(?: ([^\s-]+))?/g)) {
        count++;
        if (["help", "resume"].includes(flag)) continue;
        const spec = specOf(flag);
        if (spec === undefined) wrong.push(code);
        // the trap that the page describes
        else if (value !== undefined && value !== "False") readValue(spec, value, code);
      }
    }
    assert.ok(count > 30, `${count} switches`);
    assert.deepEqual(wrong, []);
  });

  Deno.test(`${path} goes through each function in the order of its lines`, () => {
    for (const [name, [first, last]] of Object.entries(FUNCTIONS)) {
      if (name === "set_args") continue; // checked flag by flag
      const section = page.split(/^## /m).find((text) => text.startsWith(name)) ?? "";
      assert.deepEqual(linesOf(section.split("\n", 1)[0]), [first, last], name);
      const steps = cellsOf(section).slice(1).map(([lines]) => linesOf(lines));
      const numbers = steps.flat();
      assert.ok(steps.length > 8, `${name} has ${steps.length} steps`);
      assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b), name);
      assert.equal(new Set(numbers).size, numbers.length, name);
      assert.ok(numbers[0] >= first && (numbers.at(-1) ?? Infinity) <= last, name);
    }
  });
}

Deno.test("both editions of the tutorial's page have the same structure", () => {
  assert.deepEqual(headingLevelsOf(chinese), headingLevelsOf(english));
  const shapeOf = (page: string) =>
    tablesOf(page).map((rows) => rows.map((row) => row.split(" | ").length));
  assert.deepEqual(shapeOf(chinese), shapeOf(english));
  const numbersOf = (page: string) => cellsOf(page).map(([cell]) => linesOf(cell));
  assert.deepEqual(numbersOf(chinese), numbersOf(english));
  const arrowsOf = (page: string) => [...page.matchAll(/^ {2}\w.*-->/gm)].length;
  assert.equal(arrowsOf(chinese), arrowsOf(english));
  assert.deepEqual(shellOf(chinese), shellOf(english));
});

Deno.test("both editions of the tutorial's page link the same files, cell by cell", () => {
  const targetsOf = (path: string, page: string) =>
    cellsOf(page).map((cells) => cells.map((cell) => linkTargetsOf(cell, path)));
  assert.deepEqual(targetsOf(PAGES[1], chinese), targetsOf(PAGES[0], english));
});
