/**
 * A file read at any place, in bounded pieces; and what is often found in the place of a model file.
 */
import { readError } from "./read.ts";

/** An open file. */
export interface RandomAccess extends Disposable {
  /** Its path: for errors. */
  readonly path: string;
  /** Its length in bytes. */
  readonly size: number;
  /**
   * The bytes from `begin` up to `end`.
   *
   * @throws {RangeError} If the file ends before.
   */
  read(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The same, chunk after chunk; a chunk is valid only during the call. */
  stream(begin: number, end: number, put: (chunk: Uint8Array) => void): Promise<void>;
}

const CHUNK_BYTES = 1 << 21;

/** What a stand-in for a file begins with, and what it is. */
const STAND_INS: readonly [RegExp, string][] = [
  [
    /^version https:\/\/git-lfs/,
    "it is a Git LFS pointer, not the file itself; `git lfs pull` in its repository fetches it",
  ],
  [
    /^\s*<(!doctype|html|\?xml)/i,
    "it is an HTML page, probably a web server's answer saved in its place",
  ],
];

/**
 * Refuses what is no model file at all.
 *
 * @throws {Error} If the text is that of an HTML page or a Git LFS pointer.
 */
export function refuseStandIn(beginning: string, path: string): void {
  for (const [pattern, state] of STAND_INS) {
    if (pattern.test(beginning)) throw new Error(`Cannot read ${path}: ${state}`);
  }
}

async function fill(file: Deno.FsFile, at: number, bytes: Uint8Array): Promise<boolean> {
  await file.seek(at, Deno.SeekMode.Start);
  for (let done = 0; done < bytes.length;) {
    const read = await file.read(bytes.subarray(done));
    if (read === null) return false;
    done += read;
  }
  return true;
}

function randomAccess(file: Deno.FsFile, path: string, size: number): RandomAccess {
  const check = (begin: number, end: number) => { // before memory is taken for what cannot be there
    if (end <= size) return;
    throw new RangeError(
      `Cannot read ${path}: it has ${size} bytes, and bytes ${begin} to ${end} are wanted; it is cut off`,
    );
  };
  const read = async (begin: number, into: Uint8Array) => {
    if (!await fill(file, begin, into)) {
      throw new RangeError(`Cannot read ${path}: it became shorter meanwhile`);
    }
  };
  return {
    path,
    size,
    async read(begin, end) {
      check(begin, end);
      const bytes = new Uint8Array(end - begin);
      await read(begin, bytes);
      return bytes;
    },
    async stream(begin, end, put) {
      check(begin, end);
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(0, end - begin)));
      for (let at = begin; at < end;) {
        const part = chunk.subarray(0, Math.min(chunk.length, end - at));
        await read(at, part);
        put(part);
        at += part.length;
      }
    },
    [Symbol.dispose]: () => file.close(),
  };
}

/**
 * Opens a file that is expected to hold tensors.
 *
 * @throws {Error} If it is not there, is empty, or is an HTML page or a Git LFS pointer.
 */
export async function openRandomAccess(path: string): Promise<RandomAccess> {
  const file = await Deno.open(path).catch((cause: unknown) => {
    throw readError(path, cause);
  });
  try {
    const { size, isDirectory } = await file.stat();
    if (isDirectory) throw new Error(`Cannot read ${path}: it is a folder, and a file is expected`);
    if (size === 0) throw new RangeError(`Cannot read ${path}: it is empty`);
    const open = randomAccess(file, path, size);
    refuseStandIn(new TextDecoder().decode(await open.read(0, Math.min(size, 256))), path);
    return open;
  } catch (cause) {
    file.close();
    throw cause;
  }
}
