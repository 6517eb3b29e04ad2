/**
 * The `test` task: runs every test and every example in the documentation. The last line is `N
 * passed, N failed`.
 *
 * Files run in parallel, except those that need a process to themselves, which run one after the
 * other: files on WebGPU (they import `helpers/webgpu.ts`), because two threads that use WebGPU in
 * one process corrupt ONNX Runtime's memory, and files that measure the process's memory (they
 * import `helpers/alone.ts`). Arguments are passed to `deno test` (for instance a file, or
 * `--filter gae`); then the examples do not run.
 */
import { readdir } from "node:fs/promises";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs `deno test` with `args`, shows its output, and counts the results. */
async function run(args: readonly string[]): Promise<Counts> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", ...args],
    env: { LANG: "C.UTF-8" }, // tests expect English where they do not ask for Chinese
    stdout: "piped",
    stderr: "inherit",
  });
  const child = command.spawn();
  let tail = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    tail = (tail + text).slice(-4000);
    await Deno.stdout.write(new TextEncoder().encode(text));
  }
  const { code } = await child.status;
  return countsOf(tail, code);
}

/**
 * Parses `ok | 12 passed (3 steps) | 0 failed | 1 ignored`. A run without that line counts as one
 * failure.
 */
function countsOf(output: string, code: number): Counts {
  // deno-lint-ignore no-control-regex -- colour codes
  const plain = output.replaceAll(/\u001b\[[0-9;]*m/g, "");
  const summary = [
    ...plain.matchAll(
      /\| (\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/g,
    ),
  ].at(-1);
  if (summary === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const [passed, failed, skipped] = summary.slice(1).map((digits) => Number(digits ?? 0));
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
}

/** The test files that need a process to themselves: they open a GPU, or measure the process's memory. */
async function filesAlone(): Promise<string[]> {
  const names = await readdir("tests", { recursive: true });
  const files = names.filter((name) => name.endsWith("_test.ts")).map((name) => `tests/${name}`);
  const sources = await Promise.all(files.map((file) => Deno.readTextFile(file)));
  return files.filter((_, index) => /\/helpers\/(webgpu|alone)\.ts"/.test(sources[index] ?? ""));
}

/** Runs everything: parallel files, files on WebGPU, examples. */
async function runAll(): Promise<Counts[]> {
  const alone = await filesAlone();
  return [
    await run(["--quiet", "--parallel", `--ignore=${alone.join()}`, "tests"]),
    await run(["--quiet", ...alone]),
    await run(["--quiet", "--doc", "lib"]),
  ];
}

if (import.meta.main) {
  const runs = Deno.args.length > 0 ? [await run(Deno.args)] : await runAll();
  const total = (key: keyof Counts) => runs.reduce((sum, counts) => sum + counts[key], 0);
  const skipped = total("skipped") > 0 ? `, ${total("skipped")} skipped` : "";
  console.log(`${total("passed")} passed, ${total("failed")} failed${skipped}`);
  if (total("failed") > 0) Deno.exit(1);
}
