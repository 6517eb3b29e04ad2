/**
 * The device for a setting.
 *
 * `auto` takes a GPU if there is one and otherwise the CPU, without a message; it never takes
 * software that emulates a GPU on the CPU. A number, the tutorial's way, means the first GPU, or
 * the CPU with a warning if there is none. `cpu` and numbers below 0 are the CPU. Only `webgpu`
 * insists: it also takes software, and fails if there is nothing.
 */
import { say, type Text } from "../text/mod.ts";
import { type Adapter, adapterText, findAdapter } from "./adapter.ts";
import type { Device } from "./device.ts";
import { openDevice } from "./open_device.ts";

/** How to choose. */
export interface ChooseOptions {
  /** Threads of the CPU; default: all. */
  readonly threads?: number;
  /**
   * How a GPU's memory for intermediate results is reused: "exact", or "buckets" for any other
   * text. Default: "buckets".
   */
  readonly buffers?: string;
  /** Receives a sentence when the device is not the one of the setting. Default: `console.warn`. */
  readonly warn?: (text: string) => void;
  /** Receives the GPU's name, memory and limits, once in each process. Default: `console.log`. */
  readonly tell?: (text: string) => void;
  /** Where GPUs are found. Default: this machine. */
  readonly machine?: Machine;
}

/** The devices of a machine. */
export interface Machine {
  /** Finds its fastest GPU, software included. */
  findAdapter(): Promise<Adapter | undefined>;
  /** Opens one of its devices, or throws an Error with the reason. */
  openDevice: typeof openDevice;
}

const thisMachine: Machine = { findAdapter, openDevice };

const UNKNOWN = { en: "GPU: unknown to WebGPU", zh: "GPU：WebGPU 不认识" };

const reported = new Set<string>();

/**
 * Opens the device for a setting: `auto`, `cpu`, `webgpu` or a number.
 *
 * @throws {Error} if the setting is `webgpu` and there is no adapter.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { chooseDevice } from "ppo/runtime/mod.ts";
 *
 * const device = await chooseDevice("cpu", { threads: 2 });
 * assert.equal(device.description, "CPU, 2 threads");
 * ```
 */
export async function chooseDevice(setting: string, options: ChooseOptions = {}): Promise<Device> {
  const { warn = console.warn, tell = console.log, machine = thisMachine, threads } = options;
  const buffers = options.buffers === "exact" ? "exact" : "buckets";
  const open = () => machine.openDevice("webgpu", { buffers });
  const gpu = await chooseGpu(setting, { warn, machine, open });
  if (gpu === undefined) return machine.openDevice("cpu", threads === undefined ? {} : { threads });
  const text = gpu.adapter === undefined ? say(UNKNOWN) : adapterText(gpu.adapter);
  if (!reported.has(text)) tell(text);
  reported.add(text);
  return gpu;
}

type GpuChoice = Required<Pick<ChooseOptions, "warn" | "machine">> & { open(): Promise<Device> };

/** The GPU for a setting; undefined where the CPU is to be used. */
async function chooseGpu(setting: string, { warn, machine, open }: GpuChoice) {
  if (setting === "webgpu") return await open();
  if (setting !== "auto" && !/^\d+$/.test(setting)) return undefined;
  const adapter = await machine.findAdapter();
  if (adapter === undefined || adapter.isSoftware) {
    if (setting !== "auto") warn(say(noGpu(setting, adapter?.name)));
    return undefined;
  }
  if (Number(setting) > 0) {
    warn(say({
      en: `WebGPU cannot choose among GPUs: device ${setting} is ${adapter.name}`,
      zh: `WebGPU 不能选择 GPU：设备 ${setting} 是 ${adapter.name}`,
    }));
  }
  return await open().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    warn(say({
      en: `${adapter.name} cannot be used, so the CPU is used instead: ${reason}`,
      zh: `${adapter.name} 无法使用，改用 CPU：${reason}`,
    }));
    return undefined;
  });
}

/** The warning for a numbered device without a GPU; `software` is what emulates one. */
function noGpu(setting: string, software: string | undefined): Text {
  const [en, zh] = software === undefined ? ["", ""] : [
    ` (${software} is software; --device webgpu takes it)`,
    `（${software} 是软件模拟；--device webgpu 会使用它）`,
  ];
  return {
    en: `No GPU for device ${setting}${en}: using the CPU`,
    zh: `设备 ${setting} 没有对应的 GPU${zh}：使用 CPU`,
  };
}
