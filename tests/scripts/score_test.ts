/** `deno task score` as a user runs it: pairs, files, and what it refuses. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { SCORE_SETTINGS } from "../../lib/settings/mod.ts";
import { pathOf } from "../helpers/fixtures.ts";
import { withFolder } from "../helpers/folder.ts";
import { runScript } from "../helpers/run_script.ts";

const score = (args: string[], input = "") =>
  runScript("score", ["--threads", "1", ...args], { input });

const PASSAGE = "南湖属于淡水湖，位于浙江，以红船闻名。";
const [GOOD, BAD] = ["南湖位于哪里？", "长城有多长？"];
const numbersOf = (out: string, words: string) =>
  [...out.matchAll(new RegExp(`^${words}：(-?[\\d.]+)$`, "gm"))].map(([, text]) => Number(text));

Deno.test("the embedded model scores piped pairs in the tutorial's words, normalised too", async () => {
  const { code, out, err } = await score([], `${PASSAGE}\n${GOOD}\n\n${PASSAGE}\n${BAD}\n`);
  equal(code, 0, err);
  match(err, /models\/rm_model: normalised = \(score - 6\.106\) \/ 1\.864; at most 96 tokens/);
  const [good, bad] = numbersOf(out, "上述文本和问题的匹配度分数为");
  ok(good > bad + 1, `${good} and ${bad}`);
  const [normalised] = numbersOf(out, "归一化后的分数为");
  ok(Math.abs(normalised - (good - 6.106288576678245) / 1.8635026115190367) < 1e-9);
  const alone = await score(["--content", PASSAGE, "--query", BAD]);
  deepEqual(numbersOf(alone.out, "上述文本和问题的匹配度分数为"), [bad]);
});

Deno.test("a file of JSON lines, CMRC JSON or ranked lists gives a line of JSON for each question", async () => {
  await withFolder(async (folder) => {
    const files = {
      "lines.jsonl": [GOOD, BAD].map((query) => JSON.stringify({ content: PASSAGE, query })).join(
        "\n",
      ),
      "cmrc.json": JSON.stringify({
        data: [{
          paragraphs: [{ context: PASSAGE, qas: [GOOD, BAD].map((question) => ({ question })) }],
        }],
      }),
      "lists.json": JSON.stringify([GOOD, BAD].map((answer) => ({ prompt: PASSAGE, answer }))),
    };
    const found: string[] = [];
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(folder, name), text);
      const { code, out, err } = await score(["--file", join(folder, name)]);
      equal(code, 0, err);
      found.push(out);
    }
    deepEqual(found.slice(1), [found[0], found[0]]);
    const rows = found[0].trimEnd().split("\n").map((line) => JSON.parse(line));
    deepEqual(rows.map(({ content, query }) => [content, query]), [[PASSAGE, GOOD], [
      PASSAGE,
      BAD,
    ]]);
    ok(rows[0].score > rows[1].score && rows[0].normalised_score > rows[1].normalised_score);
  });
});

Deno.test("a reward model without statistics scores, and says that nothing is normalised", async () => {
  const pair = ["--content", "一丁丂七", "--query", "丄丅", "--query_max_len", "16"];
  const args = ["--model_path", pathOf("reward_tiny"), ...pair];
  const { code, out, err } = await score(args);
  equal(code, 0, err);
  match(out, /^上述文本和问题的匹配度分数为：-?[\d.]+\n$/);
  match(
    err,
    /its settings\.json has no score statistics, so scores are not normalised; at most 64 /,
  );
});

const REFUSED: [string, string[], string, RegExp][] = [
  ["a passage alone", ["--content", "a"], "", /^Cannot use --content alone: .* add --query\n$/],
  ["a question alone", ["--query", "a"], "", /^Cannot use --query alone: .* add --content\n$/],
  [
    "a file and a pair",
    ["--file", "x", "--content", "a", "--query", "b"],
    "",
    /^Cannot use --file with --content and --query: give one of them\n$/,
  ],
  [
    "a piped passage without a question",
    [],
    "一丁",
    /\nCannot score the last passage \(一丁\): no question follows it; /,
  ],
  ["a language model", ["--model_path", pathOf("gpt2_tiny")], "", /as a reward model/],
  [
    "the tutorial's own name of a flag",
    ["--max_query_len", "9"],
    "",
    /^Cannot use --max_query_len: there is no such flag; did you mean --query_max_len\?\n$/,
  ],
];

for (const [what, args, input, sentence] of REFUSED) {
  Deno.test(`score refuses ${what} with a sentence`, async () => {
    const { code, out, err } = await score(args, input);
    deepEqual([code, out], [1, ""]);
    match(err, sentence);
  });
}

Deno.test("score has help for every flag", async () => {
  const { out } = await score(["--help"]);
  for (const flag of Object.keys(SCORE_SETTINGS)) match(out, new RegExp(`\n  --${flag} `));
});
