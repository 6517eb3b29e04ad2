/**
 * Files of `torch.save`, in both formats. No code in them is executed (see `pickle.ts`).
 */
import { openRandomAccess } from "./random_access.ts";
import type { TensorFile } from "./tensor.ts";
import { looksLegacy, openTorchLegacy } from "./torch_legacy.ts";
import { looksZip, openTorchZip } from "./torch_zip.ts";

/**
 * Opens a `pytorch_model.bin`; its tensors are read by `readTensors`.
 *
 * @throws {Error} if it is damaged or not a file of `torch.save`. The message names the file.
 */
export async function openTorchFile(path: string): Promise<TensorFile> {
  using opened = new DisposableStack();
  const file = opened.use(await openRandomAccess(path));
  const beginning = await file.read(0, Math.min(file.size, 4));
  const open = looksZip(beginning)
    ? openTorchZip
    : looksLegacy(beginning)
    ? openTorchLegacy
    : undefined;
  if (open === undefined) {
    const bytes = Array.from(beginning, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new Error(
      `Cannot read ${path}: it is no file of torch.save (it begins with the bytes ${bytes})`,
    );
  }
  const tensors = await open(file);
  const keep = opened.move();
  return { path, ...tensors, [Symbol.dispose]: () => keep.dispose() };
}
