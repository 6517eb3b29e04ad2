/**
 * Reading and writing files: streamed reads, atomic writes, logs, JSON lines, safetensors, TensorBoard's event files. Knows no model.
 *
 * With commands and scripts this is the only place that touches Deno's file system.
 *
 * @module
 */
export { appendLine, appendTo, appendToSync, cutBack, fileSize } from "./log.ts";
export { eventFileHead, scalarEvent, type ScalarPlace } from "./tensorboard.ts";
export { type Content, removeUnfinished, writeAtomically, writeFolderAtomically } from "./write.ts";
export { fileExists, readLines, readText } from "./read.ts";
export { linesOf, type TextLine } from "./lines.ts";
export {
  isRecord,
  type JsonRecord,
  type JsonSource,
  parseJson,
  readJson,
  readJsonRecord,
  readJsonSource,
} from "./json.ts";
export { type JsonLine, type JsonLinesOptions, readJsonLines, readJsonValues } from "./json_lines.ts";
export { readSafetensors, writeSafetensors } from "./safetensors.ts";
export type { StoredTensor } from "./safetensors_header.ts";
export { join as joinPath } from "node:path";
