/**
 * Files of `torch.save`, in both formats. No code in them is executed (see `pickle.ts`).
 */
import { cannotRead } from "./cannot_read.ts";
import { openTensorFile } from "./random_access.ts";
import type { TensorFile } from "./tensor.ts";
import { looksLegacy, openTorchLegacy } from "./torch_legacy.ts";
import { looksZip, openTorchZip } from "./torch_zip.ts";

/**
 * Opens a `pytorch_model.bin`; its tensors are read by `readTensors`.
 *
 * @throws {Error} if it is damaged or not a file of `torch.save`. The message names the file.
 */
export const openTorchFile = (path: string): Promise<TensorFile> =>
  openTensorFile(path, async (file) => {
    const beginning = await file.read(0, Math.min(file.size, 4));
    if (looksZip(beginning)) return await openTorchZip(file);
    if (looksLegacy(beginning)) return await openTorchLegacy(file);
    const bytes = Array.from(beginning, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new Error(cannotRead(path, {
      en: `it is no file of torch.save (it begins with the bytes ${bytes})`,
      zh: `它不是 torch.save 保存的文件（开头的字节是 ${bytes}）`,
    }));
  });
