/** Errors and warnings that a user is likely to meet, in Chinese. */
import { deepEqual, equal, match } from "node:assert/strict";
import { createWarnings, diagnose, readRunLog, report } from "../../lib/doctor/mod.ts";
import { failToWrite, readJsonRecord, readText, WriteError } from "../../lib/files/mod.ts";
import { DivergenceError } from "../../lib/learn/mod.ts";
import { divergedStep, lossOf } from "../../lib/learn/divergence.ts";
import { readModelFolder } from "../../lib/lm/mod.ts";
import { memoryPlan } from "../../lib/memory/mod.ts";
import { readExamples } from "../../lib/passages/mod.ts";
import { validateSettings } from "../../lib/settings/mod.ts";
import { withFiles } from "../helpers/folder.ts";
import { chineseError, inChinese } from "../helpers/in_chinese.ts";

Deno.test("a file that does not exist, and JSON with a syntax error", async () => {
  match(await chineseError(() => readText("nowhere.json")), /^无法读取 \/.*：没有这个文件$/);
  await withFiles({ "a.json": '{"a": 1,}', "b.json": "[1]" }, async (folder) => {
    const path = `${folder}/a.json`;
    equal(
      await chineseError(() => readJsonRecord(path)),
      `无法读取 ${path} 第 1 行第 8 列：它不是 JSON：右括号前多了逗号（位置：{"a": 1>>>,}）`,
    );
    equal(
      await chineseError(() => readJsonRecord(`${folder}/b.json`)),
      `无法读取 ${folder}/b.json：它是列表，应为对象`,
    );
  });
});

Deno.test("a data file without questions, and one with too many unusable rows", async () => {
  const rows = ['{"content": "长江"}', '{"content": "长江", "query": ""}'];
  await withFiles({ "a.json": rows[0], "b.json": rows.join("\n") }, async (folder) => {
    match(
      await chineseError(() => readExamples(`${folder}/a.json`)),
      /^不能使用 \/.*：其中没有问题（它是 JSON，内容为 content；第 1 行没有问题（已有的键："content"））。问题可以来自 content 和 query/,
    );
    match(await chineseError(() => readExamples(`${folder}/b.json`)), /第 1 行没有问题/);
  });
});

Deno.test("what a data file holds and what was left out", async () => {
  const row = '{"content": "长江", "query": "哪条江？"}\n';
  await withFiles(
    { "a.json": `${row.repeat(12)}{"content": "长江", "query": 3}\n` },
    async (folder) => {
      const path = `${folder}/a.json`, told: string[] = [];
      await inChinese(() => readExamples(path, { tell: (line) => told.push(line) }));
      deepEqual(told, [
        `${path}：JSON Lines，内容为 content, query，1 段短文，12 个问题`,
        `${path}：略去了13 行中的 1 行：第 13 行的“query”是 3，应为文本`,
      ]);
    },
  );
});

Deno.test("a folder without a model, and one that does not exist", async () => {
  await withFiles({ "run/notes.txt": "" }, async (folder) => {
    equal(
      await chineseError(() => readModelFolder(`${folder}/run`)),
      `无法从 ${folder}/run 读取模型：其中没有 config.json，只有 notes.txt。` +
        "模型是一个文件夹，其中有 config.json、权重（model.safetensors 或 pytorch_model.bin）和 vocab.txt",
    );
    equal(
      await chineseError(() => readModelFolder(`${folder}/gone`)),
      `无法从 ${folder}/gone 读取模型：没有这个文件夹。${folder} 中没有模型`,
    );
  });
});

Deno.test("not enough memory, with what would fit", async () => {
  const base = {
    ...{ vocabSize: 21128, positions: 1024, embed: 768, heads: 12, layers: 12 },
    layerNormEpsilon: 1e-5,
  };
  const budget = { budget: 6 * 2 ** 30, given: ["micro_batch_size"] };
  const settings = validateSettings({ micro_batch_size: 16 });
  match(
    await chineseError(() => memoryPlan({ policy: base, reward: base }, settings, budget)),
    /^内存不足，无法用这些设置训练：需要 \d+\.\d\d GiB（更新时，其中.+、.+），而可用 6\.00 GiB；改用 micro_batch_size \d 就放得下$/,
  );
});

Deno.test("a full disk and a folder that is read-only", async () => {
  const failed = (code: string) =>
    chineseError(() => failToWrite("/data/a")(Object.assign(new Error("os error"), { code })));
  match(
    await failed("ENOSPC"),
    /^无法写入 \/data\/a：磁盘已满（空闲 .*）。请腾出空间，或换到另一个磁盘上的文件夹$/,
  );
  equal(
    await failed("EACCES"),
    "无法写入 /data/a：当前用户无权写入。请换一个可写的文件夹，或修改它的权限",
  );
  equal(
    await chineseError(() => {
      throw new WriteError("/data/a", "磁盘已满");
    }),
    "无法写入 /data/a：磁盘已满",
  );
});

Deno.test("a run that has diverged keeps what was found in both languages", async () => {
  const error = await inChinese(() =>
    divergedStep(NaN, { name: lossOf({ en: "the actor", zh: "策略模型" }), step: 3 })
  );
  match(error.message, /^训练无法继续：策略模型的损失在第 3 个优化器步为 NaN。每一步太大：/);
  deepEqual(error.found, {
    en: "the loss of the actor is NaN at optimizer step 3",
    zh: "策略模型的损失在第 3 个优化器步为 NaN",
  });
  match(new DivergenceError(error.found).message, /^Cannot go on training: the loss of the actor/);
});

Deno.test("a warning while a run trains", async () => {
  deepEqual(await inChinese(() => createWarnings().update({ clip_fraction: 0.5 })), [
    "警告：50 % 的比率超出裁剪范围；可以降低 learning_rate、减小 ppo_epoch，或设置 target_kl 0.02",
  ]);
});

Deno.test("a diagnosis has no English but the names of metrics and settings", async () => {
  const rows = [{ eos_rate: 0.99 }, { eos_rate: 0.1 }];
  deepEqual(
    await inChinese(() => report(diagnose(rows), { rows, settings: { query_len: 8 } })),
    [
      "1. 回答不会结束：达到长度上限时仍没有结束词元",
      "   依据：只有 10 % 的回答以结束词元结尾 (eos_rate)；2 行中有 1 行如此，首次出现在第 2 行",
      "   设置：query_len 8",
      "   建议：调高长度上限 (query_len) 或 missing_eos_penalty，检查 SFT 模型会不会结束回答，" +
      "并确认它的结束词元就是分词器的结束词元。",
    ],
  );
  match(
    await chineseError(() => readRunLog('{"a": 1}', "log.jsonl")),
    /^无法诊断 log\.jsonl：它有 1 行，列名为 "a"，其中没有本项目、TRL、OpenRLHF 或 verl/,
  );
});
