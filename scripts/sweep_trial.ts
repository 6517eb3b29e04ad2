/**
 * One trial of a sweep, in a process of its own: `deno run -A scripts/sweep_trial.ts
 * '{"trial":{"lam":1},"judged":32}'` prints each update as a line of JSON. Settings come from the
 * trial alone, not from the environment. `deno task sweep` starts it on this machine or on a Ray
 * cluster. If the sweep is killed, the trial ends when it prints its next line.
 */
import { loadEmbedded, runTrial, type Trial } from "../lib/course/mod.ts";
import { type Language, speak } from "../lib/text/mod.ts";
import { runCommand } from "./command.ts";

/** The argument of the command. */
interface Order {
  readonly trial: Trial;
  readonly judged: number;
  readonly threads?: number;
  /** The language of errors. */
  readonly lang?: Language;
}

if (import.meta.main) {
  await runCommand(async ({ terminal }) => {
    const { trial, lang, ...options }: Order = JSON.parse(Deno.args[0] ?? "");
    if (lang !== undefined) speak(lang);
    const embedded = await loadEmbedded({ heldOutCount: Math.max(1, options.judged) });
    for await (const row of runTrial(embedded, trial, options)) terminal.print(JSON.stringify(row));
  });
}
