/** Memory: large arrays on large pages, arrays that are made and freed together. */
import assert from "node:assert/strict";
import { joinedZeros, newFloats, openDevice } from "../../lib/runtime/mod.ts";

const MIB = 2 ** 20;

/** Whether this system gives large pages to those who ask. */
async function largePagesAllowed(): Promise<boolean> {
  try {
    const setting = await Deno.readTextFile("/sys/kernel/mm/transparent_hugepage/enabled");
    return !setting.includes("[never]");
  } catch {
    return false; // not Linux
  }
}

/** Bytes of this process that lie on large pages. */
async function bytesOnLargePages(): Promise<number> {
  const lines = await Deno.readTextFile("/proc/self/smaps_rollup");
  return 1024 * Number(/AnonHugePages:\s+(\d+) kB/.exec(lines)?.[1]);
}

Deno.test({
  name: "a large array lies on large pages once it is written to",
  ignore: !await largePagesAllowed(),
  async fn() {
    const before = await bytesOnLargePages();
    const array = newFloats(16 * MIB);
    array.fill(1);
    assert.ok(await bytesOnLargePages() - before > 32 * MIB); // of 64: the system may be short of them
    assert.equal(array[array.length - 1], 1);
  },
});

Deno.test("new floats are zeros, small or large", () => {
  for (const length of [0, 3, MIB + 1]) {
    const array = newFloats(length);
    assert.equal(array.length, length);
    assert.ok(array.every((value) => value === 0));
  }
});

Deno.test({
  name: "what a run frees is kept where that is asked for, and else the system has it back",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", new URL("./kept_memory.ts", import.meta.url).href], // other tests take and free memory too
      stderr: "inherit",
    }).output();
    assert.equal(code, 0);
    const { little, much, trimmed } = JSON.parse(new TextDecoder().decode(stdout)); // of 48
    assert.ok(little < 12 && trimmed < 12, `${little} and ${trimmed} MiB`);
    assert.ok(much > 36, `${much} MiB`);
  },
});

Deno.test("joined arrays are zeros of their own places, and freed they give their memory back", async () => {
  const device = await openDevice("cpu");
  const { arrays, free } = await joinedZeros(device, [[3], [2, 5], [0], [MIB]]);
  const data = await Promise.all(arrays.map((array) => device.read(array)));
  data.forEach((values, index) => values.fill(index + 1));
  assert.deepEqual(data.map(({ length }) => length), [3, 10, 0, MIB]);
  data.forEach((values, index) => assert.ok(values.every((value) => value === index + 1)));
  assert.deepEqual(data.map(({ byteOffset }) => byteOffset % 64), [0, 0, 0, 0]);
  free();
  assert.deepEqual(data.map(({ length }) => length), [0, 0, 0, 0]);
});
