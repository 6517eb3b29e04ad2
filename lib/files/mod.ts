/**
 * Reading and writing files: streamed reads, atomic writes, JSON lines, safetensors. Knows no model.
 *
 * With commands and scripts this is the only place that touches Deno's file system.
 *
 * @module
 */
export { appendLine, type Content, writeAtomically, writeFolderAtomically } from "./write.ts";
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
