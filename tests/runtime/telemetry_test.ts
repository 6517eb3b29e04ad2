/** A program that computes leaves nothing in the home folder: ONNX Runtime's telemetry would, and would tell others of the run. */
import assert from "node:assert/strict";
import { denoCache } from "../helpers/deno_cache.ts";

const program = `
import { float, floats, jit, openDevice } from "${new URL(
  "../../lib/runtime/mod.ts",
  import.meta.url,
)}";
import { mul } from "${new URL("../../lib/tensor/mod.ts", import.meta.url)}";
const device = await openDevice("cpu");
const twice = await jit(device, { x: float({ time: -1 }) }, ({ x }) => ({ y: mul(x, 2) }));
const { y } = await twice({ x: floats([1, 2]) });
console.log(...await device.read(y));
`;

Deno.test("a program that computes writes nothing into the home folder", async () => {
  const home = await Deno.makeTempDir();
  const environment = Deno.env.toObject();
  // each of these would keep the telemetry quiet by itself
  for (const name of ["CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS"]) {
    delete environment[name];
  }
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--config", config, "-"],
    env: { ...environment, HOME: home, DENO_DIR: await denoCache() },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const { stdout } = await child.output();
  assert.equal(new TextDecoder().decode(stdout), "2 4\n");
  assert.deepEqual((await Array.fromAsync(Deno.readDir(home))).map(({ name }) => name), []);
  await Deno.remove(home, { recursive: true });
});
