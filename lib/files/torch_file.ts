/**
 * Files of `torch.save`, in both formats. No code in them is executed (see `pickle.ts`).
 */
import { openRandomAccess } from "./random_access.ts";
import type { TensorFile } from "./tensor.ts";
import { looksLegacy, openTorchLegacy } from "./torch_legacy.ts";
import { looksZip, openTorchZip } from "./torch_zip.ts";

const FORMATS = [[looksZip, openTorchZip], [looksLegacy, openTorchLegacy]] as const;

/**
 * Opens a `pytorch_model.bin`; its tensors are read by `readTensors`.
 *
 * @throws {Error} if it is damaged or not a file of `torch.save`. The message names the file.
 */
export async function openTorchFile(path: string): Promise<TensorFile> {
  using opened = new DisposableStack();
  const file = opened.use(await openRandomAccess(path));
  const beginning = await file.read(0, Math.min(file.size, 4));
  const [, open] = FORMATS.find(([looks]) => looks(beginning)) ?? [];
  if (open === undefined) {
    const bytes = Array.from(beginning, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const found = `it is no file of torch.save (it begins with the bytes ${bytes})`;
    throw new Error(`Cannot read ${path}: ${found}`);
  }
  const tensors = await open(file);
  const keep = opened.move();
  return { path, ...tensors, [Symbol.dispose]: () => keep.dispose() };
}
