/**
 * `deno task bench gpu --python PATH`: the embedded run, a full-size timestep and decoding on a GPU through WebGPU, beside PyTorch
 * with CUDA on the same card, in one session. `PATH` is a Python with torch for CUDA and transformers.
 *
 * WebGPU has no TF32, PyTorch has: it is measured without (the same numbers as ours, to rounding) and with it. What PyTorch does is
 * in `torch_device.py`. `--quick` takes the embedded sizes everywhere, to see that everything runs; `--device cpu` does it without
 * a GPU, PyTorch's side included.
 */
import { parseArgs } from "node:util";
import { deviceKind } from "./device_kind.ts";

const options = {
  python: { type: "string" },
  quick: { type: "boolean", default: false },
  device: { type: "string", default: "webgpu" },
} as const;

/** One measurement: arguments of `deno task bench`, and what its process is told. */
export interface Measurement {
  readonly title: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What is measured, in order. */
export function gpuMeasurements(
  { python, quick, device }: { python: string | undefined; quick: boolean; device: string },
): Measurement[] {
  const kind = deviceKind(device);
  const torch = kind === "webgpu" ? "cuda" : "cpu";
  const sizes = quick
    ? { rounds: ["--rounds", "1"], decode: ["--folder", "models/sft_model"], batch: "2" }
    : { rounds: [], decode: [], batch: "16,64" };
  const decodeSizes = quick ? ["--prompt", "16", "--new", "8", "--rounds", "1"] : ["--rounds", "3"];
  const beside = python === undefined ? [] : ["--python", python];
  const modes = python === undefined || kind === "cpu" ? ["0"] : ["0", "1"];
  const embedded = {
    title: "the embedded run",
    args: quick ? ["--quick"] : [],
    env: { PPO_DEVICE: kind },
  };
  return [
    embedded,
    ...modes.flatMap((mode) => {
      const env = { TORCH_DEVICE: torch, TF32: mode };
      const also = python === undefined
        ? ""
        : `, PyTorch ${mode === "1" ? "with" : "without"} TF32`;
      return [
        {
          title: `a timestep of the embedded run${also}`,
          args: ["ppo", "--device", kind, "--shape", "embedded", ...sizes.rounds, ...beside],
          env,
        },
        ...quick ? [] : [{
          title: `a timestep at full size${also}`,
          args: [
            "ppo",
            "--device",
            kind,
            "--shape",
            "full",
            "--batch",
            "16",
            "--settings",
            "off",
            "--rounds",
            "2",
            ...beside,
          ],
          env,
        }],
        {
          title: `decoding${also}`,
          args: [
            "decode",
            "--device",
            kind,
            "--batch",
            sizes.batch,
            ...decodeSizes,
            ...sizes.decode,
            ...beside,
          ],
          env,
        },
      ];
    }),
  ];
}

/** Measures and prints; one that fails is said so, and the others are measured all the same. */
export async function benchGpu(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  const failed: string[] = [];
  for (const { title, args, env } of gpuMeasurements({ ...values, python: values.python })) {
    console.log(`\n## ${title}: deno task bench ${args.join(" ")}\n`);
    const script = new URL("bench.ts", import.meta.url).pathname;
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", script, ...args],
      env,
      stdin: "null",
    }).spawn().status;
    if (code !== 0) failed.push(title);
  }
  if (failed.length === 0) return;
  console.error(`\nNot measured: ${failed.join("; ")}`);
  Deno.exit(1);
}
