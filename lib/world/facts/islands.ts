/** Islands: where they lie, how large they are (rounded), what they are known for. */
import type { Table } from "../table.ts";

export const islands: Table = {
  kind: "island",
  pronoun: "它",
  which: "(哪座|哪一座|哪个)(岛|岛屿)",
  compared: "(哪座|哪一座|哪个)",
  columns: [
    { relation: "where", says: ["属于{v}", "是{v}的岛屿"], reverse: false },
    { relation: "water", says: ["位于{v}"], reverse: false },
    {
      relation: "area",
      unit: "平方公里",
      says: ["面积约{v}", "~面积约为{v}"],
      compare: ["更大", "面积更大", "面积更小"],
    },
    { relation: "islandRank", says: ["是{v}"] },
    {
      relation: "islandCity",
      reverse: ["{v}(在|位于)(哪座|哪一座)(岛|岛屿)上？"],
      says: ["~主要城市是{v}"],
    },
    {
      relation: "highest",
      reverse: ["{v}是(哪座|哪一座)(岛|岛屿)的最高点？"],
      says: ["~最高点是{v}"],
    },
    { relation: "strait", says: ["邻近{v}", "靠近{v}"], reverse: false },
    { relation: "known", says: ["以{v}闻名", "因{v}而闻名"], reverse: false },
    { relation: "knownAs", says: ["被称为“{v}”", "也叫“{v}”"] },
    {
      relation: "heritageYear",
      unit: "年",
      says: ["于{v}被列入世界遗产名录", "在{v}成为世界遗产"],
      compare: ["更早成为世界遗产", "更晚成为世界遗产"],
      reverse: false,
    },
  ],
  sentences: [
    [
      "first: {p}是{where}的一座岛屿[，位于{water}][，面积约{area}]。",
      "first: {p}是位于{water}的岛屿[，面积约{area}]。",
      "first: {p}是{islandRank}[，位于{water}][，面积约{area}]。",
      "{p}位于{water}[，邻近{strait}][，面积约{area}]。",
      "{p}属于{where}[，邻近{strait}][，面积约{area}]。",
    ],
    [
      "{p}是{islandRank}[，面积约{area}]。",
    ],
    [
      "{p}位于{water}[，邻近{strait}]。",
      "{p}的面积约为{area}。",
      "{p}邻近{strait}。",
    ],
    [
      "{p}的主要城市是{islandCity}。",
      "{islandCity}是{n}的主要城市。",
    ],
    [
      "{p}的最高点是{highest}。",
    ],
    [
      "{p}以{known}闻名。",
      "{p}因{known}而闻名。",
    ],
    [
      "{p}又被称为“{knownAs}”。",
      "{p}有“{knownAs}”之称。",
    ],
    [
      "{p}于{heritageYear}被列入世界遗产名录。",
      "{p}在{heritageYear}成为世界遗产。",
    ],
  ],
  links: [
    "same where: {m}同样属于{where}[，位于{m.water}][，面积约{m.area}]。",
    "same where: {m}也是{where}的岛屿[，面积约{m.area}]。",
    "same water: {m}也位于{water}[，属于{m.where}][，面积约{m.area}]。",
    "same strait: {m}属于{m.where}，同样邻近{strait}。",
    "same known: {m}属于{m.where}，也以{known}闻名。",
    "{m}属于{m.where}[，位于{m.water}][，面积约{m.area}]。",
    "{m}是{m.where}的岛屿[，邻近{m.strait}][，面积约{m.area}]。",
    "{m}位于{m.water}[，邻近{m.strait}][，面积约{m.area}]。",
  ],
  rows: `
海南岛|中国|南海|34000|-|海口|五指山|琼州海峡|热带海滩|-|-
舟山岛|浙江|东海|500|中国第四大岛|-|-|-|海鲜|-|-
鼓浪屿|福建|-|2|-|-|日光岩|-|钢琴|海上花园|2017
刘公岛|山东|黄海|3|-|-|旗顶山|-|甲午战争|不沉的战舰|-
格陵兰岛|丹麦|-|217万|世界最大的岛屿|努克|贡比约恩山|戴维斯海峡|冰盖|-|-
西西里岛|意大利|地中海|25700|-|巴勒莫|埃特纳火山|墨西拿海峡|柑橘|-|-
撒丁岛|意大利|地中海|24000|-|卡利亚里|拉马尔莫拉山|博尼法乔海峡|古代石塔|-|-
科西嘉岛|法国|地中海|8700|-|阿雅克肖|钦托山|博尼法乔海峡|拿破仑|美丽岛|-
克里特岛|希腊|地中海|8300|-|伊拉克利翁|伊达山|-|古代文明|-|-
塞浦路斯岛|-|地中海|9250|-|尼科西亚|奥林波斯山|-|古代铜矿|-|-
马耳他岛|-|地中海|246|-|瓦莱塔|-|-|巨石神庙|-|-
本州岛|日本|-|23万|世界第七大岛|东京|富士山|津轻海峡|-|-|-
北海道|日本|-|78000|-|札幌|旭岳|津轻海峡|雪景|-|-
九州岛|日本|-|36800|-|福冈|-|关门海峡|火山|-|-
四国岛|日本|-|18300|-|松山|石锤山|-|古寺巡礼|-|-
济州岛|韩国|-|1850|-|-|汉拿山|-|海女|-|2007
普吉岛|泰国|安达曼海|540|-|-|-|-|海滩|-|-
马达加斯加岛|非洲|印度洋|59万|世界第四大岛|塔那那利佛|-|莫桑比克海峡|狐猴|-|-
古巴岛|北美洲|加勒比海|105000|-|哈瓦那|图尔基诺峰|佛罗里达海峡|雪茄|-|-
夏威夷岛|美国|太平洋|10400|-|希洛|冒纳凯阿火山|-|火山|大岛|-
关岛|美国|太平洋|540|-|阿加尼亚|拉姆拉姆山|-|军事基地|-|-
塔斯马尼亚岛|澳大利亚|-|64500|-|霍巴特|奥萨山|巴斯海峡|袋獾|-|-
复活节岛|智利|太平洋|164|-|安加罗阿|特雷瓦卡山|-|巨大的石像|-|1995
巴芬岛|加拿大|-|51万|世界第五大岛|伊卡卢伊特|奥丁山|戴维斯海峡|冰川|-|-
纽芬兰岛|加拿大|大西洋|109000|-|圣约翰斯|-|贝尔岛海峡|渔场|-|-
维多利亚岛|加拿大|北冰洋|22万|世界第八大岛|-|-|-|-|-|-
`,
};
