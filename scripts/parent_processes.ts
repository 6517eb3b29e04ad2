/**
 * What a command learns from the processes that started it, from Linux's `/proc`.
 */

/** The fields of a process's status; undefined if it is gone or the system has no `/proc`. */
function statusOf(pid: number | "self", field: string): string | undefined {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/status`);
    return new RegExp(`^${field}:\\s*(.*)$`, "m").exec(text)?.[1];
  } catch {
    return undefined;
  }
}

/**
 * Whether this process ignores SIGHUP, as under `nohup`. Where the system does not say, it does if
 * neither input nor output is a terminal, as `nohup` arranges.
 */
export function ignoresHangUp(): boolean {
  const ignored = statusOf("self", "SigIgn");
  if (ignored !== undefined) return (BigInt(`0x${ignored}`) & 1n) === 1n; // bit 0 is SIGHUP
  return !Deno.stdin.isTerminal() && !Deno.stdout.isTerminal();
}

/** The processes that started this one, the nearest first, up to the `npx` process. */
function startersUpToNpx(): number[] {
  const starters: number[] = [];
  for (let pid = Deno.ppid; pid > 1;) {
    starters.push(pid);
    // Node.js names its main thread after the command: `npm exec deno task train`
    if (statusOf(pid, "Name")?.startsWith("npm exec")) return starters;
    pid = Number(statusOf(pid, "PPid") ?? 0);
  }
  return [];
}

/**
 * Whether a process has ended. A command that has dropped permissions may not ask any more, and
 * takes it to be running.
 */
function hasEnded(pid: number): boolean {
  try {
    Deno.readTextFileSync(`/proc/${pid}/status`);
    return false;
  } catch (error) {
    return !(error instanceof Deno.errors.NotCapable);
  }
}

/** How often to look whether they still run, in milliseconds. */
const INTERVAL = 1000;

/**
 * Calls `stop` once when `npx` has been ended, or one of the processes between it and this one.
 * `npx` passes SIGTERM on to its shell only, which ends without telling the programs that it
 * started.
 */
export function watchNpx(stop: () => void): void {
  const starters = startersUpToNpx();
  if (starters.length === 0) return;
  const timer = setInterval(() => {
    if (!starters.some(hasEnded)) return;
    clearInterval(timer);
    stop();
  }, INTERVAL);
  Deno.unrefTimer(timer);
}
