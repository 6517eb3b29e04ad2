/** A program that is measured beside ours: it answers each line of JSON with a line of JSON. */

/** A running peer. */
export interface Peer {
  /** The first line it wrote. */
  readonly greeting: string;
  /** Sends a request and waits for the answer. */
  ask<Answer>(request: object): Promise<Answer>;
  /** Ends it. */
  close(): Promise<void>;
}

/**
 * Starts one.
 *
 * @throws Error when it ends before it has answered.
 */
export async function startPeer(command: string, args: readonly string[]): Promise<Peer> {
  const process = new Deno.Command(command, { args: [...args], stdin: "piped", stdout: "piped" })
    .spawn();
  const lines = linesOf(process.stdout);
  const input = process.stdin.getWriter();
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`Cannot compare: ${command} ended before it had answered`);
    return value;
  };
  return {
    greeting: await line(),
    async ask<Answer>(request: object) {
      await input.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
      return JSON.parse(await line()) as Answer; // the two programs agree on it
    },
    async close() {
      await input.close();
      await process.status;
    },
  };
}

/** The lines of a stream; what stands behind the last line break is none. */
export async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
