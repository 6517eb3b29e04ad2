/** Provinces of China: seat, short name, part of the country, area (rounded), nature, culture. */
import type { Table } from "../table.ts";

export const provinces: Table = {
  kind: "province",
  pronoun: "它",
  which: "(哪个|哪一个)(省|省份)",
  compared: "(哪个|哪个省|哪一个)",
  columns: [
    {
      relation: "seat",
      says: ["~省会是{v}", "以{v}为省会"],
      reverse: ["{v}是(哪个|哪一个)省的省会？"],
    },
    {
      relation: "abbreviation",
      says: ["简称“{v}”", "~简称是“{v}”"],
      reverse: ["“{v}”是(哪个|哪一个)省的简称？"],
    },
    { relation: "region", says: ["位于中国{v}地区", "属于{v}地区"], reverse: false },
    {
      relation: "area",
      unit: "平方公里",
      says: ["~面积约为{v}", "面积约{v}"],
      compare: ["面积更大", "面积更小"],
    },
    {
      relation: "crossedBy",
      says: ["境内有{v}流过", "有{v}流过"],
      reverse: false,
    },
    { relation: "coast", says: ["濒临{v}"], reverse: false },
    {
      relation: "highestPeak",
      says: ["~最高峰是{v}"],
      reverse: ["{v}是(哪个|哪一个)省的最高峰？"],
    },
    {
      relation: "sight",
      says: ["有{v}"],
      reverse: ["{v}在(哪个|哪一个)(省|省份)？"],
    },
    {
      relation: "specialty",
      says: ["出产{v}"],
      reverse: ["{v}是(哪个|哪一个)省的特产？"],
    },
    {
      relation: "opera",
      says: ["流行{v}"],
      reverse: ["{v}是(哪个|哪一个)省的地方戏？"],
    },
    {
      relation: "cuisine",
      says: ["~地方菜称为{v}"],
      reverse: ["{v}是(哪个|哪一个)省的地方菜？"],
    },
    {
      relation: "namedFor",
      says: ["因{v}而得名", "因{v}得名"],
    },
  ],
  sentences: [
    [
      "first: {p}是中国{region}地区的一个省[，简称“{abbreviation}”][，省会是{seat}]。",
      "{p}位于中国{region}地区[，简称“{abbreviation}”][，面积约{area}]。",
      "{p}简称“{abbreviation}”[，面积约{area}]。",
    ],
    [
      "{p}因{namedFor}而得名。",
    ],
    [
      "{p}的省会是{seat}。",
      "{p}以{seat}为省会。",
    ],
    [
      "{p}的面积约为{area}[，濒临{coast}]。",
      "{p}濒临{coast}[，面积约{area}]。",
    ],
    [
      "{crossedBy}流经{n}。",
      "{n}境内有{crossedBy}流过。",
    ],
    [
      "{p}的最高峰是{highestPeak}。",
    ],
    [
      "{p}的名胜有{sight}。",
      "{p}的著名景点有{sight}。",
    ],
    [
      "{p}的特产有{specialty}。",
      "{p}出产{specialty}。",
    ],
    [
      "{p}的地方戏有{opera}。",
      "{opera}是{n}的地方戏。",
    ],
    [
      "{p}的地方菜称为{cuisine}。",
    ],
  ],
  links: [
    "same region: {m}同样位于{region}地区[，省会是{m.seat}]。",
    "same region: {m}也属于{region}地区[，简称“{m.abbreviation}”][，面积约{m.area}]。",
    "same crossedBy: {m}位于中国{m.region}地区，境内也有{crossedBy}流过。",
    "same coast: {m}位于中国{m.region}地区，也濒临{coast}。",
    "more area: {m}位于中国{m.region}地区，面积约{m.area}，比{n}大。",
    "less area: {m}位于中国{m.region}地区，面积约{m.area}，比{n}小。",
    "{m}位于中国{m.region}地区[，简称“{m.abbreviation}”][，省会是{m.seat}]。",
    "{m}位于中国{m.region}地区[，面积约{m.area}]。",
    "{m}简称“{m.abbreviation}”[，省会是{m.seat}]。",
  ],
  rows: `
河北省|石家庄|冀|华北|19万|滦河|渤海|小五台山|山海关|鸭梨|评剧|-|地处黄河以北
山西省|太原|晋|华北|16万|汾河|-|-|五台山|陈醋|晋剧|-|地处太行山以西
辽宁省|沈阳|辽|东北|15万|辽河|渤海|花脖山|沈阳故宫|海参|-|-|-
吉林省|长春|吉|东北|19万|松花江|-|白云峰|长白山|人参|吉剧|-|-
黑龙江省|哈尔滨|黑|东北|47万|松花江|-|大秃顶子山|五大连池|大豆|龙江剧|-|-
江苏省|南京|苏|华东|11万|长江|黄海|玉女峰|拙政园|云锦|昆曲|苏菜|江宁府和苏州府
浙江省|杭州|浙|华东|10.6万|钱塘江|东海|黄茅尖|西湖|龙井茶|越剧|浙菜|钱塘江的古称
安徽省|合肥|皖|华东|14万|长江|-|莲花峰|九华山|宣纸|黄梅戏|徽菜|安庆府和徽州府
福建省|福州|闽|华东|12万|闽江|东海|黄岗山|鼓浪屿|铁观音|闽剧|闽菜|福州和建州
江西省|南昌|赣|华东|17万|赣江|-|黄岗山|庐山|瓷器|赣剧|-|唐代的江南西道
山东省|济南|鲁|华东|16万|黄河|渤海|玉皇顶|孔庙|阿胶|吕剧|鲁菜|地处太行山以东
河南省|郑州|豫|华中|17万|黄河|-|老鸦岔|少林寺|钧瓷|豫剧|-|大部分在黄河以南
湖北省|武汉|鄂|华中|18.6万|长江|-|神农顶|武当山|莲藕|汉剧|-|地处洞庭湖以北
湖南省|长沙|湘|华中|21万|湘江|-|-|张家界|湘绣|花鼓戏|湘菜|大部分在洞庭湖以南
广东省|广州|粤|华南|18万|珠江|南海|石坑崆|丹霞山|荔枝|粤剧|粤菜|宋代的广南东路
海南省|海口|琼|华南|3.5万|南渡江|南海|五指山|天涯海角|椰子|琼剧|-|-
四川省|成都|川|西南|48.6万|岷江|-|贡嘎山|九寨沟|蜀锦|川剧|川菜|宋代的川峡四路
贵州省|贵阳|黔|西南|17.6万|乌江|-|韭菜坪|黄果树瀑布|茅台酒|花灯戏|-|-
云南省|昆明|滇|西南|39万|澜沧江|-|卡瓦格博峰|石林|普洱茶|滇剧|-|地处云岭以南
陕西省|西安|陕|西北|20.6万|渭河|-|太白山|兵马俑|苹果|秦腔|-|地处陕原以西
甘肃省|兰州|甘|西北|42.6万|黄河|-|-|莫高窟|百合|陇剧|-|甘州和肃州
青海省|西宁|青|西北|72万|黄河|-|布喀达坂峰|塔尔寺|冬虫夏草|-|-|-
`,
};
