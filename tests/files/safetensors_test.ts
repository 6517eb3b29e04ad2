import { resolve } from "node:path";
import { deepEqual, equal, rejects } from "node:assert/strict";
import {
  openSafetensors,
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from "../../lib/files/mod.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url).pathname;

async function withPath(use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

/** A file with this header, and as many bytes of data. */
function withHeader(
  header: unknown,
  data: Uint8Array | number,
  use: (path: string) => Promise<void>,
) {
  return withPath(async (path) => {
    const json = new TextEncoder().encode(
      typeof header === "string" ? header : JSON.stringify(header),
    );
    const bytes = typeof data === "number" ? new Uint8Array(data) : data;
    const file = new Uint8Array(8 + json.length + bytes.length);
    new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
    file.set(json, 8);
    file.set(bytes, 8 + json.length);
    await Deno.writeFile(path, file);
    await use(path);
  });
}

Deno.test("a file written by Hugging Face is written back byte for byte", () =>
  withPath(async (path) => {
    const original = `${FIXTURES}gpt2_tiny/model.safetensors`;
    const tensors = await readSafetensors(original);
    equal(tensors.size, 40); // 3 blocks of 12, wte, wpe, ln_f
    await writeSafetensors(path, new Map([...tensors].reverse()));
    deepEqual(await Deno.readFile(path), await Deno.readFile(original));
  }));

Deno.test("float32 and int32, scalars and empty tensors survive a round trip", () =>
  withPath(async (path) => {
    const tensors = new Map<string, StoredTensor>([
      ["ids", { shape: [2, 2], data: Int32Array.of(-1, 2, 3, 2 ** 31 - 1) }],
      ["empty", { shape: [0, 3], data: new Float32Array() }],
      ["scalar", { shape: [], data: Float32Array.of(1.5) }],
      ["view", { shape: [2], data: Float32Array.of(9, 8, 7).subarray(1) }],
    ]);
    await writeSafetensors(path, tensors);
    const back = await readSafetensors(path);
    deepEqual([...back.keys()], ["empty", "ids", "scalar", "view"]);
    for (const [key, tensor] of tensors) {
      deepEqual(back.get(key), { ...tensor, data: tensor.data.slice() });
    }
  }));

Deno.test("float16 and bfloat16 become float32", () => {
  const header = {
    half: { dtype: "F16", shape: [6], data_offsets: [0, 12] },
    brain: { dtype: "BF16", shape: [2], data_offsets: [12, 16] },
  };
  // float16: 1, -2, the smallest subnormal 2^-24, infinity, 65504 and 0; bfloat16: 1 and -2.5
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x7bff, 0, 0x3f80, 0xc020);
  return withHeader(header, new Uint8Array(halves.buffer), async (path) => {
    const tensors = await readSafetensors(path);
    deepEqual(tensors.get("half")?.data, Float32Array.of(1, -2, 2 ** -24, Infinity, 65504, 0));
    deepEqual(tensors.get("brain")?.data, Float32Array.of(1, -2.5));
  });
});

Deno.test("a skipped key may hold anything", () =>
  withHeader({ mask: { dtype: "BOOL", shape: [4], data_offsets: [0, 4] } }, 4, async (path) => {
    using file = await openSafetensors(path, { skip: (key) => key === "mask" });
    equal(file.views.size, 0);
  }));

const entry = (dtype: string, shape: number[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

/** Header, bytes of data, and what the error says after `Cannot read`. */
const WRONG: [string, unknown, number, (path: string) => string][] = [
  [
    "an unknown dtype",
    { a: entry("F8_E4M3", [8], 0, 8) },
    8,
    (path) =>
      `"a" of ${path}: its dtype is "F8_E4M3", and only F32, I32, F16, BF16, F64 can be read`,
  ],
  [
    "a shape that does not fill its bytes",
    { a: entry("F32", [2, 2], 0, 12) },
    12,
    (path) => `"a" of ${path}: [2, 2] of F32 takes 16 bytes, but 12 are given to it`,
  ],
  [
    "a negative size",
    { a: entry("F32", [-1], 0, 4) },
    4,
    (path) => `"a" of ${path}: its shape is [-1], and a list of sizes is expected`,
  ],
  [
    "an offset beyond the end",
    { a: entry("F32", [2], 0, 8) },
    4,
    (path) => `"a" of ${path}: it lies at bytes 0 to 8, but the file has 4 bytes of data`,
  ],
  [
    "missing offsets",
    { a: { dtype: "F32", shape: [1] } },
    4,
    (path) => `"a" of ${path}: its data_offsets are undefined, and two offsets are expected`,
  ],
  [
    "an overlap",
    { a: entry("F32", [2], 0, 8), b: entry("F32", [1], 4, 8) },
    8,
    (path) => `${path}: "b" overlaps "a"`,
  ],
  [
    "a hole",
    { a: entry("F32", [1], 0, 4), b: entry("F32", [1], 8, 12) },
    12,
    (path) => `${path}: 4 bytes between "a" and "b" are unused`,
  ],
  [
    "bytes left over",
    { a: entry("F32", [1], 0, 4) },
    6,
    (path) => `${path}: 2 bytes after "a" are unused`,
  ],
  [
    "a header that is a list",
    [],
    0,
    (path) => `${path}: its header is a list, and an object is expected`,
  ],
  [
    "a header that is no JSON",
    "{a}",
    0,
    (path) => `the header of ${path}, column 2: it is not JSON: a is no JSON value (here: {>>>a})`,
  ],
];

for (const [what, header, bytes, message] of WRONG) {
  Deno.test(`${what} is refused with a sentence`, () =>
    withHeader(header, bytes, async (path) => {
      await rejects(readSafetensors(path), { message: `Cannot read ${message(path)}` });
    }));
}

Deno.test("a file that is no safetensors file is refused with a sentence", () =>
  withPath(async (path) => {
    await Deno.writeTextFile(path, "PK");
    await rejects(readSafetensors(path), {
      message: `Cannot read ${path}: it has 2 bytes, too few for a safetensors file`,
    });
    await Deno.writeTextFile(path, "PK and some more text");
    await rejects(
      readSafetensors(path),
      /its header would have \d+ bytes, but the file has 21; it is cut off or no/,
    );
    await rejects(readSafetensors("nowhere.safetensors"), {
      message: `Cannot read ${resolve("nowhere.safetensors")}: there is no such file`,
    });
  }));

Deno.test("a header that claims 2^60 bytes, or is longer than any model's, is refused before it is read", () =>
  withPath(async (path) => {
    const file = new Uint8Array(5_000_000).fill(0x5b); // "[[[[..."
    new DataView(file.buffer).setBigUint64(0, 2n ** 60n, true);
    await Deno.writeFile(path, file);
    await rejects(readSafetensors(path), {
      message:
        `Cannot read ${path}: its header would have 1152921504606846976 bytes, but the file has 5000000; it is cut off or no safetensors file, download it again`,
    });
    new DataView(file.buffer).setBigUint64(0, 4_900_000n, true);
    await Deno.writeFile(path, file);
    await rejects(readSafetensors(path), {
      message: `Cannot read ${path}: its header has 4900000 bytes, too many for a model`,
    });
    new DataView(file.buffer).setBigUint64(0, 3_900_000n, true);
    await Deno.writeFile(path, file);
    await rejects(readSafetensors(path), /it is not JSON: its brackets are nested too deeply/);
  }));

Deno.test("a shape that does not match its values is not written", () =>
  withPath(async (path) => {
    const tensors = new Map([["a", { shape: [2, 2], data: new Float32Array(3) }]]);
    await rejects(writeSafetensors(path, tensors), {
      message: 'Cannot write "a": its shape [2, 2] holds 4 values, but it has 3',
    });
  }));
