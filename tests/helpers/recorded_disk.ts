/**
 * What a power failure may leave of a folder: records the operations on a real folder, and builds
 * the images that a file system may have on its disk after any of them.
 *
 * The rules are those of POSIX and of journaling file systems (`man 2 fsync`; Pillai et al. 2014,
 * "All File Systems Are Not Created Equal", section 3). The bytes of a file are certain after it
 * was synced; before, they may be missing, zero or cut off. A name is certain after its folder was
 * synced; before, the changes of names are there up to some point, either of one order for all
 * folders (a journal), or of an order for each folder.
 */
import { crc32 } from "node:zlib";
import { basename, dirname, join, resolve } from "node:path";
import type { Random } from "../../lib/random/mod.ts";

interface FileNode {
  bytes: Uint8Array;
  synced: Uint8Array | undefined;
}
/** The changes of names in one folder, in order; `durable` of them are certain. */
interface FolderNode {
  readonly changes: { order: number; name: string; node: Node | undefined }[];
  durable: number;
}
type Node = FileNode | FolderNode;

/** A folder's files by relative path. */
export type Image = ReadonlyMap<string, Uint8Array>;

const isFolder = (node: Node): node is FolderNode => "changes" in node;

/** A disk as it is in memory, and what of it is certain to be on the disk. */
class Disk {
  readonly root: FolderNode = { changes: [], durable: 0 };
  order = 0;
  /** All changes of names before this one are certain on a file system with a journal. */
  committed = 0;

  find(path: string): Node | undefined {
    return path.split("/").filter((name) => name !== "" && name !== ".").reduce(
      (node: Node | undefined, name) => node && isFolder(node) ? latest(node, name) : undefined,
      this.root,
    );
  }

  set(path: string, node: Node | undefined, order = this.order++): void {
    const folder = this.find(dirname(path));
    if (folder === undefined || !isFolder(folder)) throw new Error(`no folder for ${path}`);
    folder.changes.push({ order, name: basename(path), node });
  }

  sync(node: Node): void {
    if (isFolder(node)) {
      node.durable = node.changes.length;
      this.committed = Math.max(this.committed, (node.changes.at(-1)?.order ?? -1) + 1);
    } else node.synced = node.bytes;
  }
}

const latest = (folder: FolderNode, name: string, count = folder.changes.length) =>
  folder.changes.slice(0, count).findLast((change) => change.name === name)?.node;

/** How much of what is not certain is on the disk. */
interface Fate {
  /** How many of the changes of names in a folder. */
  names(folder: FolderNode): number;
  /** The bytes of a file that was changed since it was synced. */
  bytes(file: FileNode): Uint8Array;
}

function imageOf(
  folder: FolderNode,
  fate: Fate,
  prefix = "",
  image = new Map<string, Uint8Array>(),
) {
  const count = fate.names(folder);
  for (const name of new Set(folder.changes.slice(0, count).map((change) => change.name))) {
    const node = latest(folder, name, count);
    if (node === undefined) continue;
    if (isFolder(node)) {
      image.set(`${prefix}${name}/`, new Uint8Array());
      imageOf(node, fate, `${prefix}${name}/`, image);
    } else {
      image.set(prefix + name, node.synced === node.bytes ? node.bytes : fate.bytes(node));
    }
  }
  return image;
}

const LOSSES: readonly ((file: FileNode) => Uint8Array)[] = [
  ({ bytes }) => bytes,
  ({ synced }) => synced ?? new Uint8Array(),
  ({ bytes }) => new Uint8Array(bytes.length),
  ({ bytes }) => bytes.subarray(0, bytes.length / 2),
];

/** The images of a disk at one moment: every point of a journal, and random orders. */
function* imagesOf(disk: Disk, random: Random): Generator<Image> {
  for (let upTo = disk.committed; upTo <= disk.order; upTo++) {
    for (const bytes of LOSSES) {
      const names = (folder: FolderNode) =>
        folder.changes.filter(({ order }) => order < upTo).length;
      yield imageOf(disk.root, { names, bytes });
    }
  }
  for (let draw = 0; draw < 8; draw++) {
    const names = ({ changes, durable }: FolderNode) => {
      const drawn = durable + Math.floor(random() * (changes.length - durable + 1));
      const { order } = changes[drawn - 1] ?? {};
      return changes[drawn]?.order === order ? drawn + 1 : drawn; // a rename is one change
    };
    const bytes = (file: FileNode) => LOSSES[Math.floor(random() * LOSSES.length)](file);
    yield imageOf(disk.root, { names, bytes });
  }
}

/** Receives the images of each moment; `after` counts the calls of `mark`. */
export type OnImage = (image: Image, after: number) => void;

/**
 * Runs `use` on the folder, and gives every distinct image of every moment to `onImage`. `use` gets
 * a function that marks the point that it has reached.
 */
export async function recordDisk(
  folder: string,
  { use, onImage, random }: {
    use: (mark: () => void) => Promise<void>;
    onImage: OnImage;
    random: Random;
  },
): Promise<void> {
  const disk = new Disk();
  const seen = new Set<string>();
  let marks = 0;
  const moment = () => {
    for (const image of imagesOf(disk, random)) {
      const files = [...image].map(([name, bytes]) => `${name}:${bytes.length}:${crc32(bytes)}`);
      const key = `${marks} ${files.join("|")}`;
      if (seen.has(key)) continue;
      seen.add(key);
      onImage(image, marks);
    }
  };
  const restore = intercept(disk, resolve(folder), moment);
  try {
    await use(() => marks++);
  } finally {
    restore();
  }
}

/** Replaces Deno's functions by ones that also record; returns a function that undoes it. */
function intercept(disk: Disk, root: string, moment: () => void): () => void {
  const inside = (path: string | URL) => resolve(String(path)).startsWith(root + "/");
  const place = (path: string | URL) => resolve(String(path)).slice(root.length) || "/";
  const original = { ...Deno };
  const patched = {
    async open(path: string, options: Deno.OpenOptions = { read: true }) {
      const file = await original.open(path, options);
      if (!inside(path) && resolve(path) !== root) return file;
      if (disk.find(place(path)) === undefined) {
        disk.set(place(path), { bytes: new Uint8Array(), synced: undefined });
        moment();
      }
      return recordedFile(file, disk, { node: disk.find(place(path)), moment });
    },
    async mkdir(path: string, options?: Deno.MkdirOptions) {
      await original.mkdir(path, options);
      if (!inside(path) || disk.find(place(path)) !== undefined) return;
      disk.set(place(path), { changes: [], durable: 0 });
      moment();
    },
    async rename(from: string, to: string) {
      await original.rename(from, to);
      const node = disk.find(place(from)), order = disk.order++;
      disk.set(place(from), undefined, order);
      disk.set(place(to), node, order);
      moment();
    },
    async link(from: string, to: string) {
      await original.link(from, to);
      disk.set(place(to), disk.find(place(from)));
      moment();
    },
    async copyFile(from: string, to: string) {
      await original.copyFile(from, to);
      disk.set(place(to), { bytes: await original.readFile(to), synced: undefined });
      moment();
    },
    async remove(path: string, options?: Deno.RemoveOptions) {
      await original.remove(path, options);
      const node = disk.find(place(path));
      if (node !== undefined && isFolder(node)) { // what is in it goes first
        for (const name of new Set(node.changes.map((change) => change.name))) {
          if (latest(node, name) === undefined) continue;
          disk.set(join(place(path), name), undefined);
          moment();
        }
      }
      disk.set(place(path), undefined);
      moment();
    },
  };
  for (const [name, value] of Object.entries(patched)) Reflect.set(Deno, name, value);
  return () => {
    for (const name of Object.keys(patched)) {
      Reflect.set(Deno, name, Reflect.get(original, name));
    }
  };
}

function recordedFile(
  file: Deno.FsFile,
  disk: Disk,
  { node, moment }: { node: Node | undefined; moment: () => void },
): Deno.FsFile {
  const own: Record<PropertyKey, unknown> = {
    async write(bytes: Uint8Array) {
      const written = await file.write(bytes);
      if (node !== undefined && !isFolder(node)) {
        node.bytes = Uint8Array.from([...node.bytes, ...bytes.subarray(0, written)]);
      }
      moment();
      return written;
    },
    async sync() {
      await file.sync();
      if (node !== undefined) disk.sync(node);
      moment();
    },
  };
  return new Proxy(file, {
    get(target, key) {
      if (Object.hasOwn(own, key)) return own[key];
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Writes an image into an empty folder. */
export async function writeImage(image: Image, folder: string): Promise<void> {
  for (const [name, bytes] of image) {
    if (name.endsWith("/")) await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    else await Deno.writeFile(`${folder}/${name}`, bytes);
  }
}
