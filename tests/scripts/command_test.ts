/** What commands share, each tried in a process of its own: exit codes, what is said, what is saved. */
import { deepEqual, equal, match } from "node:assert/strict";
import { clock, secondsLeft } from "../../scripts/command.ts";
import { withFolder } from "../helpers/folder.ts";

const COMMAND = new URL("../../scripts/command.ts", import.meta.url).href;
const PERMISSIONS = new URL("../../scripts/permissions.ts", import.meta.url).href;

/** A command that prints "ready", works until it is stopped, and says that it saved. */
const SAVING = `
  const signal = interruptSignal();
  terminal.print("ready");
  for (let step = 1; !signal.aborted; step++) {
    terminal.progress("step " + step);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.error("saved");
  signal.throwIfAborted();`;

/** Writes a command with this body for as long as `use` runs. */
async function withCommand<T>(body: string, use: (file: string) => Promise<T>): Promise<T> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  const head = `import { runCommand } from "${COMMAND}";\n`;
  try {
    await Deno.writeTextFile(
      file,
      `${head}await runCommand(async ({ interruptSignal, terminal }) => {${body}});`,
    );
    return await use(file);
  } finally {
    await Deno.remove(file);
  }
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Runs a shell line in which $COMMAND is the command with this body. */
const shell = (line: string, body: string) =>
  withCommand(body, async (file) => {
    const env = { COMMAND: `${Deno.execPath()} run -A ${file}` };
    const { code, stdout, stderr } = await new Deno.Command("bash", { args: ["-c", line], env })
      .output();
    return { code, out: textOf(stdout), err: textOf(stderr) };
  });

/** Starts the command, waits until it has printed something, and sends it a signal. */
const signalled = (name: Deno.Signal, body: string) =>
  withCommand(body, async (file) => {
    const args = ["run", "-A", file];
    const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "piped" })
      .spawn();
    let out = "";
    const err = new Response(child.stderr).text();
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      if (out === "") child.kill(name);
      out += text;
    }
    const { code, signal } = await child.status;
    return { code, signal, out, err: await err };
  });

Deno.test("an error is its sentence on standard error and exit code 1, without a stack trace", async () => {
  const { code, err } = await shell(
    "$COMMAND",
    'throw new RangeError("Cannot do it: it is done");',
  );
  deepEqual([code, err], [1, "Cannot do it: it is done\n"]);
});

Deno.test("a command that ends well has exit code 0", async () => {
  const { code, out } = await shell(
    "$COMMAND",
    'interruptSignal(); terminal.print("done"); Deno.exitCode = 0;',
  );
  deepEqual([code, out], [0, "done\n"]);
});

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`${name} lets a command save what it has and gives exit code 130`, async () => {
    const { code, out, err } = await signalled(name, SAVING);
    deepEqual([code, err], [130, "saved\n"]);
    match(out, new RegExp(`stopping \\(${name}\\)`));
  });
}

/** Sends itself SIGHUP, and says whether it goes on. */
const HUNG_UP = `
  const signal = interruptSignal();
  Deno.kill(Deno.pid, "SIGHUP");
  await new Promise((resolve) => setTimeout(resolve, 300));
  console.log(signal.aborted ? "stopped" : "went on");`;

Deno.test("under nohup a command goes on when the terminal is closed, directly and through deno task", async () => {
  const direct = await shell("nohup $COMMAND 2> /dev/null", HUNG_UP);
  deepEqual([direct.code, direct.out], [0, "went on\n"]);
  const task = `cd $(mktemp -d); echo "{\\"tasks\\": {\\"go\\": \\"$COMMAND\\"}}" > deno.json;
    nohup ${Deno.execPath()} task go 2> /dev/null`;
  const { code, out } = await shell(task, HUNG_UP);
  deepEqual([code, out], [0, "went on\n"]);
  equal((await shell("$COMMAND", HUNG_UP)).out.endsWith("stopped\n"), true);
});

/**
 * Starts a command as npx does: npx names its process so, and its shell waits for the command and
 * passes no signal on.
 */
const underNpx = <T>(body: string, use: (npx: Deno.ChildProcess) => Promise<T>): Promise<T> =>
  withCommand(body, (file) =>
    withFolder(async (folder) => {
      const npx = `${folder}/npm exec deno@2`;
      await Deno.copyFile("/bin/bash", npx);
      const line = `sh -c "${Deno.execPath()} run -A ${file}; true"; true`;
      return await use(
        new Deno.Command(npx, { args: ["-c", line], stdout: "piped", stderr: "piped" }).spawn(),
      );
    }));

const ignore = Deno.build.os !== "linux";

Deno.test(
  "a command that npx started saves and ends when npx is ended",
  { ignore },
  () =>
    underNpx(SAVING, async (child) => {
      const err = new Response(child.stderr).text();
      let out = "";
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
        if (out === "") child.kill("SIGTERM");
        out += text;
      }
      equal((await child.status).signal, "SIGTERM");
      match(out, /stopping \(npx has ended\)/);
      equal(await err, "saved\n");
    }),
);

Deno.test("a command that npx started and that has dropped permissions goes on", { ignore }, () => {
  const body = `(await import("${PERMISSIONS}")).keepFilePermissions();
    await new Promise((resolve) => setTimeout(resolve, 1500)); // longer than between two looks
    terminal.print("done");`;
  return underNpx(body, async (child) => {
    const { stdout, stderr } = await child.output();
    deepEqual([textOf(stdout), textOf(stderr)], ["done\n", ""]);
  });
});

Deno.test("a command that promised nothing is ended by a signal at once", async () => {
  const waiting = "await new Promise((resolve) => setTimeout(resolve, 20_000))";
  const { signal, err } = await signalled(
    "SIGTERM",
    `terminal.print("ready"); ${waiting}; console.error("went on");`,
  );
  deepEqual([signal, err], ["SIGTERM", ""]);
});

/** Takes two seconds to save, and is sent a second signal by itself `after` milliseconds. */
const savingSlowly = (after: number) => `
  interruptSignal().addEventListener("abort", () => setTimeout(() => Deno.kill(Deno.pid, "SIGINT"), ${after}));
  terminal.print("ready");
  await new Promise((resolve) => setTimeout(resolve, 2000));
  console.error("saved");`;

Deno.test("a second signal ends a command that is still saving", async () => {
  const { code, err } = await signalled("SIGINT", savingSlowly(1100));
  deepEqual([code, err], [130, ""]);
});

Deno.test("the same signal twice at once, as through deno task, counts once", async () => {
  const { code, out, err } = await signalled("SIGINT", savingSlowly(10));
  deepEqual([code, err], [130, "saved\n"]);
  equal(out.match(/stopping/g)?.length, 1);
});

Deno.test("a reader that goes away stops the command, which saves and says nothing else", async () => {
  const body = SAVING.replace("terminal.progress", "terminal.print");
  const { code, out, err } = await shell("set -o pipefail; $COMMAND | head -n 1", body);
  deepEqual([code, out, err], [141, "ready\n", "saved\n"]);
});

Deno.test("in a pipe a line of progress is a plain line, and the next comes ten seconds later", async () => {
  const body =
    'for (let step = 1; step < 9; step++) terminal.progress("step " + step); terminal.print("end");';
  const { out } = await shell("$COMMAND | cat", body);
  equal(out, "step 1\nend\n");
});

Deno.test({
  name: "in a terminal the line of progress is drawn over itself",
  ignore: Deno.build.os !== "linux", // other systems' `script` takes other flags
  fn: async () => {
    const body = 'terminal.progress("step 1"); terminal.progress("step 2"); terminal.print("end");';
    const { out } = await shell('script -qec "$COMMAND" /dev/null', body);
    equal(out, "\r\x1b[Kstep 1\r\x1b[Kstep 2\r\x1b[Kend\r\n");
  },
});

Deno.test("the time left is that of each kind of work at its own speed", () => {
  // 10 s for 2 pieces, 3 left: 15 s; 4 s for 1 piece, 5 left: 20 s; nothing is known of the third
  const works = [[2, 10, 3], [1, 4, 5], [0, 0, 7]].map(([done, seconds, left]) => ({
    done,
    seconds,
    left,
  }));
  equal(secondsLeft(works), 15 + 20);
});

Deno.test("a clock shows minutes and seconds, and hours where there are any", () => {
  deepEqual([7.4, 59.6, 750, 11100].map(clock), ["0:07", "1:00", "12:30", "3:05:00"]);
});
