/**
 * Texts in English and in Chinese, and the language that a notebook speaks.
 *
 * @module
 */
export * from "./text.ts";
export * from "./language.ts";
export { columnName } from "./column_names.ts";
export * from "./punctuation.ts";
