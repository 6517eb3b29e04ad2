/**
 * The language of a command's help, progress lines and errors: `--lang en` or `--lang zh`, or else
 * PPO_LANG, or else that of the system, which LANG names.
 *
 * The language is chosen before the flags are read, so that errors about them are in it too. A
 * language that does not exist is refused when they are read.
 */
import { languageOfLocale, LANGUAGES, speak } from "../lib/text/mod.ts";

const FLAG = "--lang";

/** An environment variable; undefined if it is not set, or if this process may not read it. */
export function grantedVariable(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

/** Sets the language of this process. */
export function speakAsAsked(args: readonly string[], variable = grantedVariable): void {
  const { text } = languageArguments(args);
  const asked = text || variable("PPO_LANG");
  const language = LANGUAGES.find((name) => name === asked);
  speak(language ?? languageOfLocale(variable("LANG")));
}

/** The arguments of a command, those about the language apart from the others. */
export interface SplitArguments {
  /** `--lang` and its value, as they were given. */
  readonly own: readonly string[];
  /** All other arguments. */
  readonly others: string[];
  /** The last value of `--lang`; undefined if it was not given. */
  readonly text: string | undefined;
}

/** Splits the arguments of a command. */
export function languageArguments(args: readonly string[]): SplitArguments {
  const isOwn = args.map((arg, index) =>
    arg === FLAG || arg.startsWith(`${FLAG}=`) ||
    (args[index - 1] === FLAG && !arg.startsWith("--"))
  );
  const own = args.filter((_, index) => isOwn[index]);
  const text = own.at(-1)?.replace(/^--lang=?/, "");
  return { own, others: args.filter((_, index) => !isOwn[index]), text };
}
