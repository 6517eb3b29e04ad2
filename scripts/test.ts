/**
 * The `test` task: every test and every example in the documentation; the last line is `N passed, N failed`.
 *
 * Extra arguments go to `deno test` (for instance a file, or `--filter gae`); with arguments the examples are left out.
 */

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs `deno test` with `args`, showing its output, and counts. */
async function run(args: readonly string[]): Promise<Counts> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", ...args],
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

/** Reads `ok | 12 passed (3 steps) | 0 failed | 1 ignored`; a run that ended without that line is one failure. */
function countsOf(output: string, code: number): Counts {
  // deno-lint-ignore no-control-regex -- colour codes
  const plain = output.replaceAll(/\u001b\[[0-9;]*m/g, "");
  const summary = [
    ...plain.matchAll(/\| (\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/g),
  ].at(-1);
  if (summary === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const [passed, failed, skipped] = summary.slice(1).map((digits) => Number(digits ?? 0));
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
}

if (import.meta.main) {
  const runs = Deno.args.length > 0
    ? [await run(Deno.args)]
    : [await run(["--quiet", "--parallel", "tests"]), await run(["--quiet", "--doc", "lib"])];
  const total = (key: keyof Counts) => runs.reduce((sum, counts) => sum + counts[key], 0);
  const skipped = total("skipped") > 0 ? `, ${total("skipped")} skipped` : "";
  console.log(`${total("passed")} passed, ${total("failed")} failed${skipped}`);
  if (total("failed") > 0) Deno.exit(1);
}
