/** Which device each setting takes, on machines with a GPU, with software that plays one, and with none. */
import assert from "node:assert/strict";
import {
  type Adapter,
  adapterText,
  chooseDevice,
  type Machine,
  openDevice,
} from "../../lib/runtime/mod.ts";

const cpu = await openDevice("cpu", { threads: 1 });

const adapter = (name: string, isSoftware: boolean): Adapter => ({
  name,
  isSoftware,
  maxBufferBytes: 2 ** 31,
  maxBindingBytes: 128 * 2 ** 20,
  readsFloat16: false,
  memoryBytes: 80 * 2 ** 30,
});

/** A machine with this GPU; it opens unless `fault` says why it does not. */
function machineWith(gpu: Adapter | undefined, fault?: string): Machine {
  return {
    findAdapter: () => Promise.resolve(gpu),
    openDevice(kind, { threads = 2 } = {}) {
      if (kind === "cpu") {
        return Promise.resolve({ ...cpu, description: `CPU, ${threads} threads` });
      }
      const reason = fault ?? (gpu === undefined ? "WebGPU finds none" : undefined);
      return reason === undefined
        ? Promise.resolve({ ...cpu, kind, adapter: gpu })
        : Promise.reject(new Error(reason));
    },
  };
}

/** What a setting takes, and what is said. */
async function choice(setting: string, machine: Machine) {
  const warned: string[] = [], told: string[] = [];
  const { kind, description } = await chooseDevice(setting, {
    machine,
    threads: 7,
    warn: (text) => warned.push(text),
    tell: (text) => told.push(text),
  });
  return { took: kind === "cpu" ? description : kind, warned, told };
}

const real = machineWith(adapter("Card A", false));
const software = machineWith(adapter("SwiftShader Device", true));
const bare = machineWith(undefined);

Deno.test("the name, memory and limits of a GPU are reported once", async () => {
  const line = "GPU: Card A, 80 GiB of memory, buffers of up to 2 GiB, 128 MiB at once in a kernel";
  assert.deepEqual(await choice("auto", real), { took: "webgpu", warned: [], told: [line] });
  assert.deepEqual(await choice("auto", real), { took: "webgpu", warned: [], told: [] });
});

Deno.test("auto takes a GPU, never software, and is silent about the CPU", async () => {
  assert.equal((await choice("auto", real)).took, "webgpu");
  assert.deepEqual(await choice("auto", software), {
    took: "CPU, 7 threads",
    warned: [],
    told: [],
  });
  assert.deepEqual(await choice("auto", bare), { took: "CPU, 7 threads", warned: [], told: [] });
});

Deno.test("auto takes the CPU with a warning where the GPU does not open", async () => {
  const broken = machineWith(adapter("Card B", false), "no Vulkan driver");
  const { took, warned } = await choice("auto", broken);
  assert.equal(took, "CPU, 7 threads");
  assert.deepEqual(warned, ["Card B cannot be used, so the CPU is used instead: no Vulkan driver"]);
});

Deno.test("a number is the first GPU, and the CPU with one warning where there is none", async () => {
  assert.deepEqual(await choice("0", real), { took: "webgpu", warned: [], told: [] });
  assert.deepEqual((await choice("0", bare)).warned, ["No GPU for device 0: using the CPU"]);
  assert.equal((await choice("0", bare)).took, "CPU, 7 threads");
  assert.deepEqual((await choice("0", software)).warned, [
    "No GPU for device 0 (SwiftShader Device is software; --device webgpu takes it): using the CPU",
  ]);
  assert.deepEqual((await choice("1", real)).warned, [
    "WebGPU cannot choose among GPUs: device 1 is Card A",
  ]);
});

Deno.test("cpu and numbers below 0 are the CPU, whatever else there is", async () => {
  for (const setting of ["cpu", "-1"]) {
    assert.deepEqual(await choice(setting, real), { took: "CPU, 7 threads", warned: [], told: [] });
  }
});

Deno.test("webgpu takes software, and insists", async () => {
  assert.equal((await choice("webgpu", software)).took, "webgpu");
  await assert.rejects(choice("webgpu", bare), { message: "WebGPU finds none" });
});

Deno.test("software is called software, and unknown memory is not made up", () => {
  assert.equal(
    adapterText({ ...adapter("SwiftShader", true), memoryBytes: undefined }),
    "GPU: SwiftShader (software, slow), memory unknown, buffers of up to 2 GiB, 128 MiB at once in a kernel",
  );
});

/** Elsewhere no variable takes the GPU away. */
const ignore = Deno.build.os !== "linux";

Deno.test(
  "without an adapter the error says what is missing and how to use the CPU",
  { ignore },
  async () => {
    const program = `
    import { openDevice } from "${new URL("../../lib/runtime/mod.ts", import.meta.url)}";
    await openDevice("webgpu").catch((error) => console.log(error.message));`;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--quiet",
        "--config",
        new URL("../../deno.json", import.meta.url).pathname,
        "-",
      ],
      env: { VK_DRIVER_FILES: "/none", VK_ICD_FILENAMES: "/none" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(program));
    await writer.close();
    const said = new TextDecoder().decode((await child.output()).stdout);
    assert.match(said, /^Cannot open a GPU: WebGPU finds none.* It needs a GPU and .*[Vv]ulkan/);
    assert.match(said, /To compute on the CPU: --device cpu, or PPO_DEVICE=cpu for a notebook\./);
  },
);

Deno.test("a GPU opens with the buffers that are asked for, and with buckets otherwise", async () => {
  const asked: unknown[] = [];
  const machine: Machine = {
    ...real,
    openDevice(kind, options) {
      asked.push(options?.buffers);
      return real.openDevice(kind, options);
    },
  };
  const quiet = { machine, tell: () => {} };
  await chooseDevice("webgpu", quiet);
  await chooseDevice("auto", { ...quiet, buffers: "buckets" });
  await chooseDevice("0", { ...quiet, buffers: "exact" });
  assert.deepEqual(asked, ["buckets", "buckets", "exact"]);
});
