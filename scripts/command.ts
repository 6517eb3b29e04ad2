/**
 * What every command shares: its language, errors as sentences, a clean end on Ctrl-C, and a
 * progress line with the time left.
 *
 *     if (import.meta.main) await runCommand(async ({ interruptSignal, terminal }) => {
 *       const signal = interruptSignal();
 *       for (...) { signal.throwIfAborted(); ...; terminal.progress(`step 3 of 9, left ${clock(left)}`); }
 *     });
 *
 * Exit codes: 0 success, 1 an error (its sentence is on standard error), 130 stopped by Ctrl-C,
 * SIGTERM or SIGHUP, 141 the reader of the output is gone (`| head`).
 */

import { say } from "../lib/text/mod.ts";
import { speakAsAsked } from "./command_language.ts";
import { ignoresHangUp, watchNpx } from "./parent_processes.ts";

/** What a command works with. */
export interface CommandContext {
  /**
   * Aborted by Ctrl-C, SIGTERM, SIGHUP, or when the reader of the output is gone. A command that
   * calls this must check the signal, save its work, and return or throw the signal's reason. A
   * command that never calls it ends at once.
   */
  interruptSignal(): AbortSignal;
  /** For progress and results. */
  readonly terminal: Terminal;
}

/** Lines for a person or a pipe, on standard output. */
export interface Terminal {
  /** Prints a line that stays. */
  print(line: string): void;
  /**
   * Prints a line that the next one replaces. In a pipe it is a plain line, at most one every ten
   * seconds.
   */
  progress(line: string): void;
}

/** Prints a sentence about the user's files on standard error. */
export const tellNote = (note: string): void =>
  console.error(say({ en: `note: ${note}`, zh: `注意：${note}` }));

/** The reason why a command was stopped. */
export class Interruption extends Error {
  /** The exit code of the process. */
  readonly exitCode: number;

  /** `message` names the cause. */
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

const UNREAD_OUTPUT = { en: "nobody reads the output", zh: "输出已无人读取" };
const NPX_ENDED = { en: "npx has ended", zh: "npx 已结束" };

/** Exit codes of a command that was stopped by a signal, and of one whose reader is gone. */
const STOPPED = 130, UNREAD = 141;

/**
 * Under `deno task`, Ctrl-C arrives twice: from the terminal and from `deno task`. Two within this
 * time, in ms, are one request.
 */
const SAME_REQUEST = 1000;

/** Runs a command. If it fails or is stopped, the process ends with the exit code. */
export async function runCommand(
  command: (context: CommandContext) => Promise<void>,
): Promise<void> {
  speakAsAsked(Deno.args);
  const controller = new AbortController();
  let listening = false;
  let asked = Infinity; // time of the first request, in ms
  const stop = (reason: Interruption) => {
    // Without a listener there is nothing to save; a second request ends the process at once.
    if (!listening || performance.now() - asked > SAME_REQUEST) Deno.exit(reason.exitCode);
    if (controller.signal.aborted) return;
    asked = performance.now();
    if (reason.exitCode === STOPPED) {
      terminal.print(say({
        en: `stopping (${reason.message}); a second signal ends at once, without saving`,
        zh: `正在停止（${reason.message}）；再发一次信号会立即结束，不保存`,
      }));
    }
    controller.abort(reason);
  };
  const terminal = openTerminal({
    onClosed: () => stop(new Interruption(say(UNREAD_OUTPUT), UNREAD)),
  });
  const interruptSignal = () => {
    if (!listening) listen((name) => stop(new Interruption(name, STOPPED)));
    listening = true;
    return controller.signal;
  };
  watchNpx(() => stop(new Interruption(say(NPX_ENDED), STOPPED)));
  try {
    await command({ interruptSignal, terminal });
  } catch (error) {
    if (!(error instanceof Interruption)) {
      terminal.close();
      console.error(error instanceof Error ? error.message : error);
      Deno.exit(1);
    }
  }
  terminal.close();
  if (controller.signal.aborted) Deno.exit(controller.signal.reason.exitCode);
}

/**
 * Listens to every signal of this system that requests an end. A process that was started with
 * `nohup` ignores SIGHUP. Deno undoes that as soon as there is any listener, so it gets a listener
 * that does nothing.
 */
function listen(stop: (name: string) => void): void {
  const underNohup = ignoresHangUp();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const listener = name === "SIGHUP" && underNohup ? () => {} : () => stop(name);
    try {
      Deno.addSignalListener(name, listener);
    } catch {
      // some systems lack one of them
    }
  }
}

/** Minimum time between two progress lines in a pipe, in milliseconds. */
const PIPE_INTERVAL = 10_000;

const CLEAR_LINE = "\r\x1b[K";

/** A terminal that can be closed. The progress line then stays. */
function openTerminal({ onClosed }: { onClosed: () => void }): Terminal & { close(): void } {
  const isTerminal = Deno.stdout.isTerminal();
  let drawn = false; // whether the last line is an unfinished progress line
  let last = -Infinity;
  let closed = false;
  const write = (text: string) => {
    if (closed) return;
    try {
      const bytes = new TextEncoder().encode(text);
      for (let done = 0; done < bytes.length;) done += Deno.stdout.writeSync(bytes.subarray(done));
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      closed = true;
      onClosed();
    }
  };
  return {
    print(line) {
      write(`${drawn ? CLEAR_LINE : ""}${line}\n`);
      drawn = false;
    },
    progress(line) {
      if (!isTerminal) {
        if (performance.now() - last < PIPE_INTERVAL) return;
        last = performance.now();
        return write(line + "\n");
      }
      write(CLEAR_LINE + line.slice(0, (Deno.consoleSize().columns || 80) - 1)); // 0: unknown width
      drawn = true;
    },
    close() {
      if (drawn) write("\n");
      drawn = false;
    },
  };
}

/**
 * Shows on standard error what a command begins, if that is a terminal. For commands whose standard
 * output holds results only.
 */
export function showStart(line: string): void {
  if (Deno.stderr.isTerminal()) console.error(line);
}

/** Work of one kind: how much is done, how long that took, and how much is left. */
export interface Work {
  /** Pieces done. */
  readonly done: number;
  /** Seconds that they took. */
  readonly seconds: number;
  /** Pieces to do. */
  readonly left: number;
}

/**
 * Seconds until all is done, if the rest takes as long per piece as before. Work that has not begun
 * counts as nothing.
 */
export const secondsLeft = (works: readonly Work[]): number =>
  works.reduce((sum, { done, seconds, left }) => done === 0 ? sum : sum + seconds / done * left, 0);

/** `left 0:07`: the time left in a progress line. */
export const timeLeft = (seconds: number): string =>
  say({ en: `left ${clock(seconds)}`, zh: `还需 ${clock(seconds)}` });

/** `0:07`, `12:30`, `3:05:00`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}
