/** Provinces and autonomous regions of China: seat, short name, part of the country. */
import type { Table } from "../table.ts";

export const provinces: Table = {
  kind: "province",
  pronoun: "它",
  columns: [
    { relation: "seat", says: ["~省会是{v}", "省会为{v}", "{v}是{n}的省会"] },
    { relation: "abbreviation", says: ["简称{v}", "~简称是{v}"] },
    { relation: "region", says: ["位于中国{v}", "地处中国{v}地区", "在中国的{v}"] },
    { relation: "sight", says: ["~名胜有{v}", "著名的景点有{v}", "以{v}闻名"] },
  ],
  rows: `
河北省|石家庄|-|华北|山海关
山西省|太原|晋|华北|五台山
辽宁省|沈阳|辽|东北|-
吉林省|长春|吉|东北|长白山
黑龙江省|哈尔滨|黑|东北|-
江苏省|南京|苏|华东|-
浙江省|杭州|浙|华东|西湖
安徽省|合肥|-|华东|黄山
福建省|福州|闽|华东|武夷山
江西省|南昌|赣|华东|庐山
山东省|济南|鲁|华东|泰山
河南省|郑州|豫|华中|少林寺
湖北省|武汉|鄂|华中|武当山
湖南省|长沙|湘|华中|张家界
广东省|广州|-|华南|-
海南省|海口|-|华南|-
四川省|成都|川|西南|-
贵州省|贵阳|贵|西南|黄果树瀑布
云南省|昆明|云|西南|玉龙雪山
陕西省|西安|陕|西北|-
甘肃省|兰州|甘|西北|莫高窟
青海省|西宁|青|西北|青海湖
`,
};
