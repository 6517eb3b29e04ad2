/**
 * Reading and writing files: streamed reads, atomic writes, logs, JSON lines, safetensors,
 * TensorBoard's event files. This module knows no model. Apart from commands and scripts it is the
 * main user of Deno's file system.
 *
 * @module
 */
export { cannotRead } from "./cannot_read.ts";
export * from "./log.ts";
export * from "./tensorboard.ts";
export {
  checksumOf,
  CHECKSUMS,
  DamageError,
  verifyChecksums,
  writeChecksums,
} from "./checksums.ts";
export { makeFolder, syncFolder } from "./sync.ts";
export { bytesText, failToWrite, freeBytes, requireSpace, WriteError } from "./write_error.ts";
export { type Content, removeUnfinished, requireWritable, writeAtomically } from "./write.ts";
export { standingFolder, writeFolderAtomically } from "./write_folder.ts";
export { refuseStandIn } from "./random_access.ts";
export { foreignFormat } from "./foreign_text.ts";
export { fileExists, type FolderEntry, isFolder, listFolder, readLines, readText } from "./read.ts";
export { hubModelFolder, hubSnapshot } from "./hub_cache.ts";
export { lineAt, linesOf, type TextLine } from "./lines.ts";
export * from "./json.ts";
export { type SyntaxFault, syntaxFault, textAround } from "./json_syntax.ts";
export * from "./json_lines.ts";
export { byteRange, BYTES } from "./tensor.ts";
export type { NumberFormat, StoredTensor, TensorFile, TensorView } from "./tensor.ts";
export type { NewFloats } from "./decode.ts";
export { readTensors } from "./read_tensors.ts";
export { openSafetensors, readSafetensors, writeSafetensors } from "./safetensors.ts";
export { openShards } from "./shards.ts";
export { openTorchFile } from "./torch_file.ts";
export {
  basename as fileName,
  dirname as parentFolder,
  join as joinPath,
  resolve as resolvePath,
} from "node:path";
