/**
 * What every command shares: errors as sentences, a clean end on Ctrl-C, and a line of progress with the time left.
 *
 *     if (import.meta.main) await runCommand(async ({ interruptSignal, terminal }) => {
 *       const signal = interruptSignal();
 *       for (...) { signal.throwIfAborted(); ...; terminal.progress(`step 3 of 9, left ${clock(left)}`); }
 *     });
 *
 * Exit codes: 0 done, 1 an error (its sentence is on standard error), 130 stopped by Ctrl-C, SIGTERM or SIGHUP, 141 nobody
 * reads the output any more (`| head`).
 */

/** What a command is given. */
export interface CommandContext {
  /**
   * Aborted by Ctrl-C, SIGTERM, SIGHUP and by a reader of the output that has gone. A command that asks for it promises to
   * look at it, to save what it has and to return or throw the signal's reason; one that never asks is ended at once.
   */
  interruptSignal(): AbortSignal;
  /** Where it tells how it goes. */
  readonly terminal: Terminal;
}

/** Lines for a person or a pipe, on standard output. */
export interface Terminal {
  /** A line that stays. */
  print(line: string): void;
  /** A line that the next one takes the place of; into a pipe a line of its own, at most one every ten seconds. */
  progress(line: string): void;
}

/** Why a command was stopped; the signal's reason. */
export class Interruption extends Error {
  /** What the process ends with. */
  readonly exitCode: number;

  /** `message` says who stopped it. */
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Exit codes: of a command that a signal stopped, and of one whose output nobody reads. */
const STOPPED = 130, UNREAD = 141;

/** Ctrl-C reaches a command that `deno task` runs twice, from the terminal and from `deno task`; in milliseconds. */
const SAME_REQUEST = 1000;

/** Runs a command to the end of the process, if it does not end well. */
export async function runCommand(
  command: (context: CommandContext) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  let listening = false;
  let asked = Infinity; // when, in milliseconds
  const stop = (reason: Interruption) => {
    if (!listening || performance.now() - asked > SAME_REQUEST) Deno.exit(reason.exitCode); // nothing to save, or asked again
    if (controller.signal.aborted) return;
    asked = performance.now();
    if (reason.exitCode === STOPPED) {
      terminal.print(`stopping (${reason.message}); once more ends at once, without saving`);
    }
    controller.abort(reason);
  };
  const terminal = openTerminal({
    onClosed: () => stop(new Interruption("nobody reads the output", UNREAD)),
  });
  const interruptSignal = () => {
    if (!listening) listen((name) => stop(new Interruption(name, STOPPED)));
    listening = true;
    return controller.signal;
  };
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

/** Listens to every signal of this system that asks for an end. */
function listen(stop: (name: string) => void): void {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    try {
      Deno.addSignalListener(name, () => stop(name));
    } catch {
      // not every system has all three
    }
  }
}

/** Least time between two lines of progress in a pipe, in milliseconds. */
const PIPE_INTERVAL = 10_000;

const CLEAR_LINE = "\r\x1b[K";

/** A terminal that can be closed: the line of progress then stays. */
function openTerminal({ onClosed }: { onClosed: () => void }): Terminal & { close(): void } {
  const isTerminal = Deno.stdout.isTerminal();
  let drawn = false; // whether a line of progress stands there unfinished
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
      write(CLEAR_LINE + line.slice(0, (Deno.consoleSize().columns || 80) - 1)); // 0: a terminal that does not say
      drawn = true;
    },
    close() {
      if (drawn) write("\n");
      drawn = false;
    },
  };
}

/** Work of one kind: how much of it is done, in how long, and how much is left. */
export interface Work {
  /** Pieces done. */
  readonly done: number;
  /** Seconds that they took. */
  readonly seconds: number;
  /** Pieces to do. */
  readonly left: number;
}

/** Seconds until all of it is done, if the rest goes as what was done went; work that has not begun counts as nothing. */
export const secondsLeft = (works: readonly Work[]): number =>
  works.reduce((sum, { done, seconds, left }) => done === 0 ? sum : sum + seconds / done * left, 0);

/** `0:07`, `12:30`, `3:05:00`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}
