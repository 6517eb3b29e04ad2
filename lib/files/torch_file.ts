/**
 * Files of `torch.save`, in both formats. Nothing in them is executed (`pickle.ts` says how).
 */
import { openRandomAccess, type RandomAccess } from "./random_access.ts";
import type { TensorFile } from "./tensor.ts";
import { looksLegacy, openTorchLegacy } from "./torch_legacy.ts";
import { looksZip, openTorchZip } from "./torch_zip.ts";

async function dispatch(file: RandomAccess): Promise<TensorFile> {
  const beginning = await file.read(0, Math.min(file.size, 4));
  if (looksZip(beginning)) return await openTorchZip(file);
  if (looksLegacy(beginning)) return await openTorchLegacy(file);
  const shown = [...beginning].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new Error(
    `Cannot read ${file.path}: it is no file of torch.save (it begins with the bytes ${shown})`,
  );
}

/**
 * Opens a `pytorch_model.bin`; its tensors are read by `readTensors`.
 *
 * @throws {Error} A sentence that names the file and what is wrong with it.
 */
export async function openTorchFile(path: string): Promise<TensorFile> {
  const file = await openRandomAccess(path);
  try {
    return await dispatch(file);
  } catch (cause) {
    file[Symbol.dispose]();
    throw cause;
  }
}
