/**
 * Files of `torch.save`: the tensors of both formats, and every kind of damage or malice in a sentence of its own.
 */
import { resolve } from "node:path";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { openTorchFile, readTensors } from "../../lib/files/mod.ts";
import {
  concat,
  little,
  op,
  SIX,
  stateDict,
  tensor,
  type TensorParts,
  torchLegacy,
  torchZip,
  zip,
} from "../helpers/torch_bytes.ts";

async function withFile(
  bytes: Uint8Array | string,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/pytorch_model.bin`;
  try {
    await Deno.writeFile(path, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
    await use(path);
    deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), [
      "pytorch_model.bin",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function readAll(path: string) {
  using file = await openTorchFile(path);
  return new Map(await Array.fromAsync(readTensors(file)));
}

const FORMATS = {
  zip: (parts: TensorParts) => torchZip(stateDict(tensor(parts))),
  legacy: (parts: TensorParts) =>
    Promise.resolve(torchLegacy(stateDict(tensor(parts, { legacy: true })))),
};

/** A place in the six values 0 to 5, and what stands there. */
const PLACES: [what: string, parts: TensorParts, shape: number[], values: number[]][] = [
  ["row-major order", {}, [2, 3], [0, 1, 2, 3, 4, 5]],
  ["a transposed view", { shape: [3, 2], strides: [1, 3] }, [3, 2], [0, 3, 1, 4, 2, 5]],
  ["a part", { offset: 2, shape: [3], strides: [1] }, [3], [2, 3, 4]],
  ["every other value", { offset: 1, shape: [3], strides: [2] }, [3], [1, 3, 5]],
  ["two columns of three", { offset: 1, shape: [2, 2], strides: [3, 1] }, [2, 2], [1, 2, 4, 5]],
  ["one number", { offset: 4, shape: [], strides: [] }, [], [4]],
  ["nothing", { shape: [0, 3], strides: [3, 1] }, [0, 3], []],
  ["axes of size 1, whose strides mean nothing", { shape: [1, 6], strides: [0, 1] }, [1, 6], [
    0,
    1,
    2,
    3,
    4,
    5,
  ]],
];

for (const [format, bytes] of Object.entries(FORMATS)) {
  for (const [what, parts, shape, values] of PLACES) {
    Deno.test(`${format}: ${what} is read`, async () => {
      await withFile(await bytes(parts), async (path) => {
        deepEqual((await readAll(path)).get("a"), { shape, data: Float32Array.from(values) });
      });
    });
  }
}

/** A place that is none, and what the error says of it. */
const NO_PLACES: [what: string, parts: TensorParts, state: string][] = [
  [
    "an offset outside the storage",
    { offset: 1 },
    "with shape [2, 3], strides [3, 1] it ends at byte 28, but its storage has 24",
  ],
  [
    "a stride outside the storage",
    { strides: [4, 1] },
    "with shape [2, 3], strides [4, 1] it ends at byte 28, but its storage has 24",
  ],
  [
    "a negative offset",
    { offset: -1 },
    "shape [2, 3], strides [3, 1] and offset -1 are no place of a tensor",
  ],
  [
    "a negative stride",
    { strides: [-3, 1] },
    "shape [2, 3], strides [-3, 1] and offset 0 are no place of a tensor",
  ],
  [
    "fewer strides than axes",
    { strides: [1] },
    "shape [2, 3], strides [1] and offset 0 are no place of a tensor",
  ],
  [
    "a thousand million rows of one number",
    { shape: [1_000_000_000], strides: [0] },
    "with shape [1000000000], strides [0] it would have some values twice",
  ],
  [
    "rows that overlap",
    { strides: [2, 1] },
    "with shape [2, 3], strides [2, 1] it would have some values twice",
  ],
];

for (const [format, bytes] of Object.entries(FORMATS)) {
  for (const [what, parts, state] of NO_PLACES) {
    Deno.test(`${format}: ${what} is refused`, async () => {
      await withFile(await bytes(parts), async (path) => {
        await rejects(readAll(path), { message: `Cannot read "a" of ${path}: ${state}` });
      });
    });
  }
}

Deno.test("whole numbers of 64 bits are named, not read", async () => {
  const parts = { kind: "LongStorage", elements: 3, shape: [3], strides: [1] };
  await withFile(await FORMATS.zip(parts), async (path) => {
    await rejects(readAll(path), {
      message:
        `Cannot read "a" of ${path}: its numbers are I64, and only F32, I32, F16, BF16, F64 can be read`,
    });
  });
});

const call = (module: string, name: string, argument: string) =>
  stateDict(concat(op.name(module, name), op.mark, op.text(argument), op.tuple, op.reduce));
const stackGlobal = stateDict(
  concat(
    op.text("posix"),
    op.text("system"),
    [0x93],
    op.mark,
    op.text("true"),
    op.tuple,
    op.reduce,
  ),
);

/** A pickle, and what the error says of it. */
const PICKLES: [what: string, pickle: Uint8Array, state: string | RegExp][] = [
  ["os.system", call("os", "system", "touch owned"), notAllowed("os.system")],
  ["posix.system by STACK_GLOBAL", stackGlobal, notAllowed("posix.system")],
  ["builtins.eval", call("builtins", "eval", "1/0"), notAllowed("builtins.eval")],
  ["__builtin__.getattr", call("__builtin__", "getattr", "x"), notAllowed("__builtin__.getattr")],
  [
    "a numpy array",
    call("numpy.core.multiarray", "_reconstruct", "x"),
    notAllowed("numpy.core.multiarray._reconstruct"),
  ],
  [
    "numpy._core",
    call("numpy._core.multiarray", "scalar", "x"),
    notAllowed("numpy._core.multiarray.scalar"),
  ],
  ["a method of every object", call("torch", "constructor", "x"), notAllowed("torch.constructor")],
  ["torch.load", call("torch", "load", "other.bin"), notAllowed("torch.load")],
  [
    "a whole module",
    call("transformers", "GPT2LMHeadModel", "x"),
    notAllowed("transformers.GPT2LMHeadModel"),
  ],
  [
    "a storage class that is called",
    call("torch", "FloatStorage", "x"),
    'its pickle calls "torch.FloatStorage", which is no function',
  ],
  [
    "a tensor of no storage",
    call("torch._utils", "_rebuild_tensor_v2", "x"),
    'its pickle makes a tensor of the text "x", and a storage is expected',
  ],
  [
    "an instruction that makes objects",
    stateDict(concat(op.name("collections", "OrderedDict"), op.emptyTuple, [0x81])),
    /its pickle has the instruction 0x81 at byte \d+, which no model file needs/,
  ],
  [
    "a state for a tensor",
    stateDict(concat(tensor(), op.dict, op.build)),
    "its pickle sets the state of an object, and only that of a dictionary is known",
  ],
  [
    "text of 4 GB",
    concat(op.protocol, [0x58], little(0xffffffff, 4), [0x61]),
    /its pickle ends at byte \d+, in the middle of a value/,
  ],
  [
    "no end",
    concat(op.protocol, op.dict, [0x58]),
    /its pickle ends at byte \d+, in the middle of a value/,
  ],
  ["an empty stack", concat(op.protocol, op.stop), "its pickle takes a value where there is none"],
  [
    "a group that was not opened",
    concat(op.protocol, op.tuple),
    "its pickle closes a group that was not opened",
  ],
  [
    "a value that was not kept",
    concat(op.protocol, [0x68, 7]),
    "its pickle goes back to value 7, which was not kept",
  ],
  [
    "a key that is there twice",
    concat(
      op.protocol,
      op.dict,
      op.text("a"),
      op.none,
      op.setItem,
      op.text("a"),
      op.none,
      op.setItem,
      op.stop,
    ),
    'its pickle has the key "a" twice',
  ],
  [
    "200,000 lists in a row",
    concat(op.protocol, new Uint8Array(200_000).fill(0x5d), op.stop),
    "its pickle has more than 100000 values that nothing uses",
  ],
  ["protocol 9", Uint8Array.of(0x80, 9, 0x2e), "its pickle has protocol 9, and 2 to 5 are known"],
  [
    "an id that is no storage",
    stateDict(concat(op.text("/etc/passwd"), op.persistent)),
    'its pickle refers to the text "/etc/passwd" outside itself, and a storage is expected',
  ],
  [
    "a storage of -1 elements",
    stateDict(tensor({ elements: -1 })),
    'its pickle claims that storage "0" has -1 elements',
  ],
];

function notAllowed(name: string): string {
  return `its pickle names "${name}", which is no part of a model's weights; nothing of it was executed. ` +
    "Save the weights alone in Python: torch.save(model.state_dict(), path)";
}

async function refused(bytes: Uint8Array | string, state: string | RegExp): Promise<void> {
  await withFile(bytes, async (path) => {
    await rejects(readAll(path), (error: Error) => {
      ok(error.message.startsWith(`Cannot read ${path}: `), error.message);
      const found = error.message.slice(`Cannot read ${path}: `.length);
      if (typeof state === "string") equal(found, state);
      else ok(state.test(found), found);
      return true;
    });
  });
}

for (const [what, pickle, state] of PICKLES) {
  Deno.test(`a pickle with ${what} is refused in both formats`, async () => {
    await refused(await torchZip(pickle), state);
    await refused(torchLegacy(pickle), state);
  });
}

Deno.test("a file of torch.save without a tensor is refused with what it holds", async () => {
  await withFile(await torchZip(stateDict(op.int(3))), async (path) => {
    await rejects(readAll(path), {
      message: `Cannot read ${path}: it has no tensors, only "a", and a state dict is expected`,
    });
  });
  await refused(
    await torchZip(concat(op.protocol, op.none, op.stop)),
    "it holds None, and a dictionary of tensors is expected",
  );
});

/** An archive, and what the error says of it. */
const ARCHIVES: [what: string, bytes: () => Promise<Uint8Array>, state: string | RegExp][] = [
  [
    "a storage outside it",
    () => torchZip(stateDict(tensor({ storage: "../../../etc/passwd" }))),
    'it refers to storage "../../../etc/passwd", which is not in the archive',
  ],
  [
    "a storage shorter than its tensors need",
    () => torchZip(stateDict(tensor({ elements: 7 }))),
    'its storage "0" has 24 bytes, and its tensors need 28',
  ],
  [
    "a storage of 2^31 elements",
    () => torchZip(stateDict(tensor({ elements: 2 ** 31 - 1 }))),
    'its storage "0" has 24 bytes, and its tensors need 8589934588',
  ],
  [
    "a bomb: 20 MB of zeros in 20 kB",
    () =>
      zip({ "m/data.pkl": stateDict(tensor()), "m/data/0": new Uint8Array(20_000_000) }, {
        level: 9,
      }),
    'its entry "m/data.pkl" is compressed, and torch.save never compresses',
  ],
  [
    "an encrypted entry",
    () => zip({ "m/data.pkl": stateDict(tensor()) }, { password: "secret" }),
    'its entry "m/data.pkl" is encrypted',
  ],
  [
    "no pickle",
    () => zip({ "word/document.xml": "<x/>" }),
    'it is a zip archive with 0 entries "…/data.pkl", and torch.save writes one',
  ],
  [
    "two pickles",
    () => torchZip(stateDict(tensor()), { "n/data.pkl": stateDict(tensor()) }),
    'it is a zip archive with 2 entries "…/data.pkl", and torch.save writes one',
  ],
  [
    "a flipped weight",
    flippedWeight,
    'its entry "m/data/0" is damaged: its bytes do not match its checksum; download it again',
  ],
  ["entries that overlap", overlapping, 'its entries "m/data/0" and "m/version" overlap'],
  [
    "the other byte order",
    () => zip({ "m/data.pkl": stateDict(tensor()), "m/byteorder": "big", "m/data/0": SIX }),
    'its byte order is "big", and only "little" is supported',
  ],
  [
    "its end missing",
    async () => (await torchZip(stateDict(tensor()))).slice(0, -30),
    /it is a zip archive that is cut off \(it has no directory at its end\)|damaged zip archive/,
  ],
];

async function flippedWeight(): Promise<Uint8Array> {
  const bytes = await torchZip(stateDict(tensor()));
  const place = bytes.findIndex((_, at) => SIX.every((byte, i) => bytes[at + i] === byte));
  bytes[place + 5] = (bytes[place + 5] ?? 0) ^ 1;
  return bytes;
}

/** An entry whose bytes go on into the next one's, as a bomb without compression has them. */
async function overlapping(): Promise<Uint8Array> {
  const bytes = await torchZip(stateDict(tensor()));
  const view = new DataView(bytes.buffer);
  const entries = [...bytes.keys()].filter((at) =>
    at + 46 <= bytes.length && view.getUint32(at, true) === 0x02014b50
  );
  for (const field of [20, 24]) view.setUint32((entries[2] ?? 0) + field, 100, true); // both sizes of m/data/0
  return bytes;
}

for (const [what, bytes, state] of ARCHIVES) {
  Deno.test(`an archive with ${what} is refused`, async () => await refused(await bytes(), state));
}

const usual = stateDict(tensor({}, { legacy: true }));

/** A file of the older format, and what the error says of it. */
const LEGACY: [what: string, bytes: Uint8Array, state: string | RegExp][] = [
  [
    "another magic number",
    torchLegacy(usual, { magic: 7n }),
    "it does not begin as a file of torch.save does",
  ],
  [
    "the other byte order",
    torchLegacy(usual, { little: false }),
    "it was written on a big-endian machine, and only little-endian is supported",
  ],
  [
    "a storage that claims 2^60 elements",
    torchLegacy(usual, { elements: 2n ** 60n }),
    'storage "0" has 1152921504606846976 elements, and its tensors need 6',
  ],
  [
    "its end missing",
    torchLegacy().slice(0, -4),
    /its storages end at byte \d+, and the file has \d+; it is cut off, download it again/,
  ],
  [
    "bytes left over",
    concat(torchLegacy(), [0]),
    /its storages end at byte (\d+), and the file has \d+$/,
  ],
  [
    "a storage that no tensor uses",
    torchLegacy(usual, { names: ["9"] }),
    'no tensor uses its storage "9"',
  ],
  [
    "a storage that is not there",
    torchLegacy(usual, { names: [], data: new Uint8Array() }),
    'it refers to storage "0", which is not there',
  ],
  [
    "a state dict of 2 MB",
    torchLegacy(concat(op.protocol, op.text("a".repeat(2_000_000)), op.stop)),
    "its pickle ends at byte 1000000, in the middle of a value",
  ],
  [
    "only its beginning",
    torchLegacy().slice(0, 40),
    /its pickle ends at byte 40, in the middle of a value/,
  ],
];

for (const [what, bytes, state] of LEGACY) {
  Deno.test(`a file of the older format with ${what} is refused`, () => refused(bytes, state));
}

const HTML = "it is an HTML page, probably a web server's answer saved in its place";
/** Text in the place of a model, and what the error says of it. */
const STAND_INS: [what: string, text: string, state: string][] = [
  ["an HTML page", "<!DOCTYPE html>\n<html><title>404</title></html>", HTML],
  ["an HTML page without a head", "\n<html>404</html>", HTML],
  [
    "a Git LFS pointer",
    "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 408321715\n",
    "it is a Git LFS pointer, not the file itself; `git lfs pull` in its repository fetches it",
  ],
  ["an empty file", "", "it is empty"],
  ["JSON", '{"error": "no"}', "it is no file of torch.save (it begins with the bytes 7b 22 65 72)"],
];

for (const [what, text, state] of STAND_INS) {
  Deno.test(`${what} in the place of a model is recognised`, () => refused(text, state));
}

Deno.test("a file that is not there, or is a folder, is named", async () => {
  await rejects(openTorchFile("nowhere.bin"), {
    message: `Cannot read ${resolve("nowhere.bin")}: there is no such file`,
  });
  await rejects(openTorchFile("tests"), {
    message: "Cannot read tests: it is a folder, and a file is expected",
  });
});
