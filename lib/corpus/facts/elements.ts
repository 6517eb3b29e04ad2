/** Chemical elements: symbol, atomic number, metal or not, state at room temperature. */
import type { Table } from "../table.ts";

export const elements: Table = {
  kind: "element",
  pronoun: "它",
  columns: [
    { relation: "symbol", says: ["~元素符号是{v}", "元素符号为{v}", "用{v}作为元素符号"] },
    { relation: "atomicNumber", says: ["~原子序数是{v}", "原子序数为{v}"] },
    { relation: "elementType", says: ["是一种{v}", "属于{v}"] },
    { relation: "state", says: ["常温下是{v}", "在常温下为{v}"] },
  ],
  rows: `
金元素|Au|79|金属元素|固体
银元素|Ag|47|金属元素|固体
铜元素|Cu|29|金属元素|固体
铁元素|Fe|26|金属元素|固体
锡元素|Sn|50|金属元素|固体
水银元素|Hg|80|金属元素|-
白金元素|Pt|78|金属元素|固体
`,
};
