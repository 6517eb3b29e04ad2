/**
 * Reading a file at any place in bounded pieces, and recognising what is often found in the place
 * of a model file.
 */
import { cannotRead } from "./cannot_read.ts";
import { A_FOLDER, failToRead } from "./read.ts";
import type { TensorFile, Tensors } from "./tensor.ts";

/** An open file. */
export interface RandomAccess {
  /** Its path, for errors. */
  readonly path: string;
  /** Its length in bytes. */
  readonly size: number;
  /**
   * Reads the bytes from `begin` up to `end`.
   *
   * @throws {RangeError} if the file ends before.
   */
  read(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Reads the same bytes chunk after chunk; a chunk is valid only during the call. */
  stream(begin: number, end: number, put: (chunk: Uint8Array) => void): Promise<void>;
}

const CHUNK_BYTES = 1 << 21;

const LFS_POINTER = {
  en: "it is a Git LFS pointer, not the file itself; `git lfs pull` in its repository fetches it",
  zh: "它是 Git LFS 指针，不是文件本身；请在它的仓库中运行 `git lfs pull` 取得文件",
};
const HTML_PAGE = {
  en: "it is an HTML page, probably a web server's answer saved in its place",
  zh: "它是 HTML 网页，多半是把网站的回复当作文件存了下来",
};

/**
 * Refuses a text that is no model file at all.
 *
 * @throws {Error} if the text is that of an HTML page or a Git LFS pointer.
 */
export function refuseStandIn(beginning: string, path: string): void {
  const found = /^version https:\/\/git-lfs/.test(beginning)
    ? LFS_POINTER
    : /^\s*<(!doctype|html|\?xml)/i.test(beginning)
    ? HTML_PAGE
    : undefined;
  if (found !== undefined) throw new Error(cannotRead(path, found));
}

function randomAccess(file: Deno.FsFile, path: string, size: number): RandomAccess {
  // before memory is allocated for bytes that do not exist
  const check = (end: number) => {
    if (end <= size) return;
    throw new RangeError(cannotRead(path, {
      en: `it has ${size} bytes, and ${end} are needed; it is cut off, download it again`,
      zh: `它有 ${size} 字节，而需要 ${end} 字节；文件不完整，请重新下载`,
    }));
  };
  const fill = async (begin: number, bytes: Uint8Array) => {
    await file.seek(begin, Deno.SeekMode.Start);
    for (let done = 0; done < bytes.length;) {
      const read = await file.read(bytes.subarray(done));
      if (read === null) {
        const found = { en: "it became shorter meanwhile", zh: "读取期间文件变短了" };
        throw new RangeError(cannotRead(path, found));
      }
      done += read;
    }
  };
  return {
    path,
    size,
    async read(begin, end) {
      check(end);
      const bytes = new Uint8Array(end - begin);
      await fill(begin, bytes);
      return bytes;
    },
    async stream(begin, end, put) {
      check(end);
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(0, end - begin)));
      for (let at = begin; at < end;) {
        const part = chunk.subarray(0, Math.min(chunk.length, end - at));
        await fill(at, part);
        put(part);
        at += part.length;
      }
    },
  };
}

/**
 * Opens a file whose tensors `find` finds, and closes it if that fails.
 *
 * @throws {Error} if the file cannot be read: it does not exist, is empty, or is an HTML page or a
 * Git LFS pointer. The message names it.
 */
export async function openTensorFile(
  path: string,
  find: (file: RandomAccess) => Promise<Tensors>,
): Promise<TensorFile> {
  using opened = new DisposableStack();
  const file = opened.use(await Deno.open(path).catch(failToRead(path)));
  const { size, isDirectory } = await file.stat();
  if (isDirectory) throw new Error(cannotRead(path, A_FOLDER));
  if (size === 0) throw new RangeError(cannotRead(path, { en: "it is empty", zh: "它是空的" }));
  const open = randomAccess(file, path, size);
  refuseStandIn(new TextDecoder().decode(await open.read(0, Math.min(size, 256))), path);
  const tensors = await find(open);
  const keep = opened.move();
  return { path, ...tensors, [Symbol.dispose]: () => keep.dispose() };
}
