/** The committed notebooks run through the real Deno kernel, with small settings; their cells pass the compiler. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runNotebook } from "../scripts/notebooks.ts";
import { committedNotebooks, smallRun } from "./helpers/notebooks.ts";

const root = new URL("..", import.meta.url).pathname;
Deno.test("06_ppo runs from the first cell to the last and hands over its record", async () => {
  const outputDirectory = await Deno.makeTempDir({ dir: await scratch() });
  const summary = join(outputDirectory, "summary.json");
  const { page } = await runNotebook(join(root, "notebooks", "06_ppo.ipynb"), {
    outputDirectory,
    env: { ...smallRun, PPO_SUMMARY_PATH: summary },
  });
  const record = JSON.parse(await Deno.readTextFile(summary));
  const keys = [
    "seed",
    "timesteps",
    "updates",
    "mean_reward",
    "kl",
    "gold_before",
    "gold_after",
    "gold_n",
  ];
  assert.deepEqual(Object.keys(record), [...keys, "seconds_training", "peak_rss_mib", "device"]);
  assert.deepEqual([record.seed, record.timesteps, record.updates, record.gold_n], [5, 2, 2, 32]);
  assert.equal(record.mean_reward.length, 2);
  assert.ok(Math.abs(record.kl[0]) < 1e-3, "before the first update the actor is the reference");
  assert.ok((await Deno.readTextFile(page)).includes("Four models"));
  await Deno.remove(outputDirectory, { recursive: true });
});

for (const { name } of committedNotebooks().filter(({ name }) => name !== "06_ppo")) {
  Deno.test(`${name} runs from the first cell to the last`, async () => {
    const outputDirectory = await Deno.makeTempDir({ dir: await scratch() });
    const { notebook } = await runNotebook(join(root, "notebooks", `${name}.ipynb`), {
      outputDirectory,
      env: smallRun,
    });
    const { cells } = JSON.parse(await Deno.readTextFile(notebook));
    const silent = cells.filter((
      { cell_type, outputs }: { cell_type: string; outputs?: unknown[] },
    ) => cell_type === "code" && outputs?.length === 0);
    assert.ok(silent.length < cells.length / 4, "most cells show something");
    await Deno.remove(outputDirectory, { recursive: true });
  });
}

Deno.test("03_advantage runs in Chinese from its own folder, and its page is Chinese", async () => {
  const outputDirectory = await Deno.makeTempDir({ dir: await scratch() });
  const { notebook, page } = await runNotebook(
    join(root, "notebooks", "zh", "03_advantage.ipynb"),
    {
      outputDirectory,
    },
  );
  const { cells } = JSON.parse(await Deno.readTextFile(notebook));
  const texts: string[] = cells.flatMap(({ outputs = [] }: { outputs?: readonly Output[] }) =>
    outputs.map(({ data }) => [data?.["text/plain"] ?? ""].flat().join(""))
  );
  const made = texts.join("\n");
  for (const text of ["词元  π(a | s)", "还不对：", "基线改变噪声", "种子 1"]) {
    assert.ok(made.includes(text), text);
  }
  assert.doesNotMatch(made, /Not yet|A baseline|seed/);
  assert.match(await Deno.readTextFile(page), /<html lang="zh">/);
  await Deno.remove(outputDirectory, { recursive: true });
});

/** An output of a cell: the part that is read here. */
interface Output {
  readonly data?: Readonly<Record<string, string | string[]>>;
}

/** A folder that git ignores. */
async function scratch(): Promise<string> {
  const folder = join(root, "out", "tests");
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}
