/**
 * Hundreds of damaged model folders: each is refused with a sentence that names the folder, or holds the very weights it held before.
 *
 * A flipped byte among the values themselves cannot be seen in formats without checksums (safetensors, torch.save's older one): there
 * at most as many values may differ as bytes were flipped, so that no tensor can have come from another place.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readModelFolder, type Weight } from "../../lib/lm/mod.ts";
import { randomStream } from "../../lib/random/mod.ts";
import { unzip, zip } from "../helpers/torch_bytes.ts";
import { inBoundedMemory } from "../helpers/alone.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/checkpoints", import.meta.url));
const SECONDS_A_FILE = 20; // it takes some milliseconds; the machine may be busy
const MEMORY_BYTES = 300e6;

type Bytes = Uint8Array<ArrayBuffer>;
type Random = () => number;
const below = (limit: number, random: Random): number => Math.floor(random() * limit);

/** One way to spoil a file; `values` counts how many of its values may differ without being seen. */
interface Damage {
  readonly what: string;
  readonly bytes: Bytes;
  readonly values: number;
}

/** Which bytes of a file describe its tensors, and whether the others, the values, have checksums. */
interface Layout {
  readonly described: (at: number) => boolean;
  readonly checksums: boolean;
}

function flipBytes(original: Bytes, { described, checksums }: Layout, random: Random): Damage {
  const bytes = original.slice();
  const places = Array.from({ length: 1 + below(3, random) }, () => below(bytes.length, random));
  for (const at of places) bytes[at] = (bytes[at] ?? 0) ^ (1 + below(255, random));
  const values = checksums ? 0 : places.filter((at) => !described(at)).length;
  return { what: `bytes ${places.join(", ")} flipped`, bytes, values };
}

function flipDescription(original: Bytes, { described }: Layout, random: Random): Damage {
  const places = [...original.keys()].filter(described);
  const at = places[below(places.length, random)] ?? 0;
  const bytes = original.slice();
  bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8, random));
  return { what: `one bit of byte ${at} flipped`, bytes, values: 0 };
}

/** A decimal digit for another, where there is one: counts, sizes and offsets written as text, names of storages. */
function changeDigit(original: Bytes, layout: Layout, random: Random): Damage {
  const isDigit = (at: number) =>
    layout.described(at) && /\d/.test(String.fromCharCode(original[at] ?? 0));
  const places = [...original.keys()].filter(isDigit);
  if (places.length === 0) return flipDescription(original, layout, random);
  const at = places[below(places.length, random)] ?? 0;
  const bytes = original.slice();
  bytes[at] = 0x30 + below(10, random);
  return { what: `the digit at byte ${at} changed`, bytes, values: 0 };
}

function cutOff(original: Bytes, _: Layout, random: Random): Damage {
  const length = below(original.length, random);
  return { what: `cut off at byte ${length}`, bytes: original.slice(0, length), values: 0 };
}

/** A byte lost or a byte too many: everything behind it is displaced. */
function displace(original: Bytes, _: Layout, random: Random): Damage {
  const at = below(original.length, random), lost = random() < 0.5;
  const bytes = Uint8Array.from([
    ...original.subarray(0, at),
    ...(lost ? [] : [below(256, random)]),
    ...original.subarray(lost ? at + 1 : at),
  ]);
  return { what: `a byte ${lost ? "lost" : "added"} at ${at}`, bytes, values: 0 };
}

/** A field of four or eight bytes becomes a number that no file can mean. */
function hugeField(original: Bytes, { described }: Layout, random: Random): Damage {
  const places = [...original.keys()].filter((at) => described(at) && at + 8 <= original.length);
  const at = places[below(places.length, random)] ?? 0;
  const bytes = original.slice();
  bytes.set(random() < 0.5 ? [0xff, 0xff, 0xff, 0x7f] : [0, 0, 0, 0, 0, 0, 0, 0x10], at); // 2^31 - 1, 2^60
  return { what: `a huge number at byte ${at}`, bytes, values: 8 };
}

const DAMAGES = [flipBytes, flipDescription, changeDigit, cutOff, displace, hugeField];

/** The header is what describes a safetensors file. */
function safetensorsLayout(bytes: Bytes): Layout {
  const end = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  return { described: (at) => at < end, checksums: false };
}

/** In the older format of torch.save the values begin about where the last pickle ends: at the last "." before the first storage. */
function legacyLayout(bytes: Bytes): Layout {
  const text = new TextDecoder("latin1").decode(bytes);
  const end = text.lastIndexOf("e.", bytes.length / 3) + 2; // APPENDS, STOP: the end of the list of storages
  ok(end > 2000 && end < 6000, `the pickles end at byte ${end}`);
  return { described: (at) => at < end, checksums: false };
}

const everywhere: Layout = { described: () => true, checksums: true };

/** A kind of folder, the file in it that is spoilt, what describes it, and how often it is tried. */
interface Target {
  readonly folder: string;
  readonly file: string;
  readonly layout: (bytes: Bytes) => Layout;
  readonly tries: number;
}

const TARGETS: readonly Target[] = [
  { folder: "zip_bin", file: "pytorch_model.bin", layout: () => everywhere, tries: 120 },
  { folder: "legacy_bin", file: "pytorch_model.bin", layout: legacyLayout, tries: 120 },
  { folder: "half_legacy_bin", file: "pytorch_model.bin", layout: legacyLayout, tries: 60 },
  { folder: "safetensors", file: "model.safetensors", layout: safetensorsLayout, tries: 120 },
  { folder: "half_safetensors", file: "model.safetensors", layout: safetensorsLayout, tries: 60 },
  {
    folder: "sharded_bin",
    file: "pytorch_model.bin.index.json",
    layout: () => everywhere,
    tries: 30,
  },
  {
    folder: "sharded_bin",
    file: "pytorch_model-00002-of-00006.bin",
    layout: () => everywhere,
    tries: 30,
  },
  {
    folder: "sharded_safetensors",
    file: "model.safetensors.index.json",
    layout: () => everywhere,
    tries: 30,
  },
  {
    folder: "sharded_safetensors",
    file: "model-00003-of-00006.safetensors",
    layout: safetensorsLayout,
    tries: 30,
  },
];

async function withCopy(source: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for await (const { name } of Deno.readDir(source)) {
      await Deno.copyFile(`${source}/${name}`, `${folder}/${name}`);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** How many values differ; shapes and names must be the same. */
function differences(
  found: ReadonlyMap<string, Weight>,
  wanted: ReadonlyMap<string, Weight>,
): number {
  deepEqual([...found.keys()], [...wanted.keys()]);
  let different = 0;
  for (const [key, { shape, data }] of wanted) {
    const weight = found.get(key);
    ok(weight?.data instanceof Float32Array);
    deepEqual(weight.shape, shape);
    equal(weight.data.length, data.length);
    weight.data.forEach((value, index) => different += Object.is(value, data[index]) ? 0 : 1);
  }
  return different;
}

/** Reads a spoilt folder: true if it was refused. */
async function isRefused(
  folder: string,
  wanted: ReadonlyMap<string, Weight>,
  { what, values }: Damage,
): Promise<boolean> {
  const start = performance.now();
  try {
    const { weights } = await readModelFolder(folder);
    const different = differences(weights, wanted);
    ok(different <= values, `${what}: accepted, with ${different} other values`);
    return false;
  } catch (error) {
    ok(error instanceof Error);
    if (error.name === "AssertionError") throw error;
    ok(
      /^Cannot (read|use) /.test(error.message) && error.message.includes(folder),
      `${what}: ${error.stack}`,
    );
    return true;
  } finally {
    const seconds = (performance.now() - start) / 1000;
    ok(seconds < SECONDS_A_FILE, `${what}: it took ${seconds} s`);
  }
}

async function tryAll(
  target: Target,
  spoil: (bytes: Bytes, index: number) => Promise<Damage>,
): Promise<number> {
  const source = `${FIXTURES}/${target.folder}`;
  const { weights } = await readModelFolder(source);
  const original = await Deno.readFile(`${source}/${target.file}`);
  let refused = 0;
  await withCopy(source, async (folder) => {
    const before = (await Array.fromAsync(Deno.readDir(folder))).length;
    for (let index = 0; index < target.tries; index++) {
      const damage = await spoil(original, index);
      await Deno.writeFile(`${folder}/${target.file}`, damage.bytes);
      if (await isRefused(folder, weights, damage)) refused++;
    }
    equal((await Array.fromAsync(Deno.readDir(folder))).length, before, "nothing was written");
  });
  return refused;
}

for (const target of TARGETS) {
  Deno.test(`${target.tries} damaged copies of ${target.folder}/${target.file}`, () =>
    inBoundedMemory(MEMORY_BYTES, async () => {
      const random = randomStream(2026);
      const refused = await tryAll(target, (original, index) => {
        const damage = DAMAGES[index % DAMAGES.length] ?? flipBytes;
        return Promise.resolve(damage(original, target.layout(original), random));
      });
      ok(refused > target.tries / 3, `only ${refused} of ${target.tries} were refused`);
    }));
}

/** The pickle itself is spoilt and the archive made anew, so that its checksum is right: the pickle's own checks must see it. */
const PICKLES = ["zip_bin", "strided_bin", "half_bin", "parameters_bin"];

for (const folder of PICKLES) {
  Deno.test(`60 damaged pickles inside intact archives of ${folder}`, () =>
    inBoundedMemory(MEMORY_BYTES, async () => {
      const random = randomStream(7);
      const target = { folder, file: "pytorch_model.bin", layout: () => everywhere, tries: 60 };
      const refused = await tryAll(target, async (original, index) => {
        const entries = await unzip(original);
        const pickle = Object.keys(entries).find((name) => name.endsWith("/data.pkl")) ?? "";
        const damage = DAMAGES[index % DAMAGES.length] ?? flipBytes;
        const spoilt = damage(new Uint8Array(entries[pickle] ?? []), everywhere, random);
        return { ...spoilt, values: 0, bytes: await zip({ ...entries, [pickle]: spoilt.bytes }) };
      });
      ok(refused > target.tries / 3, `only ${refused} of ${target.tries} were refused`);
    }));
}
