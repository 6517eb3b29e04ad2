/** What the chapters' helpers show in the Chinese edition. */
import assert from "node:assert/strict";
import type { Reason } from "../../lib/corpus/mod.ts";
import {
  GPT2_BASE,
  groupBySeed,
  memorySteps,
  plannedLedger,
  rankNames,
  readSweep,
  rewardsByVerdict,
  scoreHistogram,
  sweepEnds,
  sweepFigure,
  verdictCounts,
  verdictName,
} from "../../lib/course/mod.ts";
import { speak } from "../../lib/text/mod.ts";
import type { Reason as WorldReason } from "../../lib/world/mod.ts";

/** Runs `use` while Chinese is spoken. */
async function inChinese<T>(use: () => T | Promise<T>): Promise<T> {
  try {
    speak("zh");
    return await use();
  } finally {
    speak("en");
  }
}

/** Every verdict of both judges; the compiler asks for all of them. */
const REASONS: Readonly<Record<Reason | WorldReason, true>> = {
  right: true,
  empty: true,
  vague: true,
  "not answerable": true,
  "wrong entity": true,
  "given away": true,
  "cut off": true,
  copy: true,
  "misspelled name": true,
  malformed: true,
};

const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text) && !/[a-z]{3}/.test(text);

Deno.test("every verdict of the judges has a Chinese name of its own", async () => {
  const names = await inChinese(() => Object.keys(REASONS).map(verdictName));
  assert.deepEqual(names.filter((name) => !isChinese(name)), []);
  assert.equal(new Set(names).size, names.length);
  assert.equal(verdictName("cut off"), "cut off");
});

Deno.test("ranks, verdicts, savings and phases are Chinese", async () => {
  const shapes = { policy: GPT2_BASE, reward: GPT2_BASE };
  const answers = [{ rawScore: -2, right: false }, { rawScore: 1.5, right: true }];
  const options = { statistics: { mean: 0, deviation: 1 }, limit: 5 };
  const texts = await inChinese(() => [
    ...rankNames(),
    ...scoreHistogram(answers).flatMap(({ score, verdict }) => [score, verdict]),
    ...rewardsByVerdict(answers, options).map(({ verdict }) => verdict),
    ...memorySteps(shapes).map(({ step }) => step),
    ...plannedLedger(shapes, { gib: 4 }).map(({ phase }) => String(phase)),
  ]);
  assert.deepEqual(texts.filter((text) => !isChinese(text)), []);
});

Deno.test("the sweep's figure and table are Chinese but for the names of settings", async () => {
  const rows = await readSweep(new URL("../../notebooks/06_sweep.jsonl", import.meta.url).pathname);
  const settings =
    /kl_coef|lam\b|faithful|learning_rate|num_episodes|normalise_scores|repetition_penalty|false/g;
  const [figure, ends, title] = await inChinese(() => {
    const groups = groupBySeed(rows, undefined);
    const drawn = sweepFigure(groups, undefined);
    return [drawn.text, sweepEnds(groups).text, JSON.stringify(drawn.layout.title)];
  });
  assert.match(title, /种子 1, 2, 3 的均值，色带从最小到最大/);
  for (const text of [figure, ends]) {
    assert.doesNotMatch(text.replaceAll(settings, "").replaceAll("KL", ""), /[a-z]{3}/);
  }
});

Deno.test("a count of verdicts keeps the words that the questions have", () => {
  const judged = { passage: "", question: "", right: false, reason: "空" };
  assert.deepEqual(verdictCounts([judged, judged]), [{
    verdict: "空",
    questions: 2,
    share: "100.0 %",
  }]);
});
