/**
 * The device that a setting asks for.
 *
 * `auto` takes a GPU where there is one and else the CPU, without a word; it never takes a program that plays a GPU on the CPU. A
 * number, the tutorial's way, means the first GPU, and the CPU with a warning where there is none. `cpu` and numbers below 0 are the
 * CPU. Only `webgpu` insists: it takes software too, and fails where there is nothing.
 */
import { type Adapter, adapterText, findAdapter } from "./adapter.ts";
import type { Device } from "./device.ts";
import { openDevice } from "./open_device.ts";

/** How to choose. */
export interface ChooseOptions {
  /** Threads of the CPU; default: all. */
  readonly threads?: number;
  /** How a GPU's memory for intermediate results is used again; default: "buckets". A setting's text: anything else is "buckets" too. */
  readonly buffers?: string;
  /** Gets a sentence when something else than what was asked for is taken. */
  readonly warn?: (text: string) => void;
  /** Gets the GPU's name, memory and limits, once a process. */
  readonly tell?: (text: string) => void;
  /** Where GPUs are looked for. */
  readonly machine?: Machine;
}

/** What a machine has. */
export interface Machine {
  /** Its fastest GPU, software included. */
  findAdapter(): Promise<Adapter | undefined>;
  /** Opens one of its devices; throws an Error that says why it cannot. */
  openDevice: typeof openDevice;
}

const thisMachine: Machine = { findAdapter, openDevice };

const told = new Set<string>();

/**
 * Opens the device for a setting: `auto`, `cpu`, `webgpu` or a number.
 *
 * @throws Error when the setting is `webgpu` and there is no adapter.
 */
export async function chooseDevice(setting: string, options: ChooseOptions = {}): Promise<Device> {
  const { warn = console.warn, machine = thisMachine, threads } = options;
  const open = () =>
    machine.openDevice("webgpu", { buffers: options.buffers === "exact" ? "exact" : "buckets" });
  const gpu = setting === "webgpu"
    ? await open()
    : setting === "auto" || /^\d+$/.test(setting)
    ? await hardwareGpu(setting, { warn, machine, open })
    : undefined;
  if (gpu === undefined) return machine.openDevice("cpu", threads === undefined ? {} : { threads });
  tellOnce(gpu, options);
  return gpu;
}

/** The GPU, where there is one and it opens. */
async function hardwareGpu(
  setting: string,
  { warn, machine, open }: {
    warn: (text: string) => void;
    machine: Machine;
    open: () => Promise<Device>;
  },
): Promise<Device | undefined> {
  const adapter = await machine.findAdapter();
  if (adapter === undefined || adapter.isSoftware) {
    const software = adapter && ` (${adapter.name} is software; --device webgpu takes it)`;
    if (setting !== "auto") warn(`No GPU for device ${setting}${software ?? ""}: using the CPU`);
    return undefined;
  }
  if (Number(setting) > 0) {
    warn(`WebGPU lets no one choose among GPUs: device ${setting} is ${adapter.name}`);
  }
  try {
    return await open();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warn(`${adapter.name} cannot be used, so the CPU is: ${reason}`);
    return undefined;
  }
}

function tellOnce({ adapter }: Device, { tell = console.log }: ChooseOptions): void {
  const text = adapter === undefined ? "GPU: WebGPU does not tell which" : adapterText(adapter);
  if (!told.has(text)) tell(text);
  told.add(text);
}
