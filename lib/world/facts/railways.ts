/** Railways and bridges: ends, length, years, construction. A railway's length is rounded. */
import type { Table } from "../table.ts";

export const railways: Table = {
  kind: "railway",
  pronoun: "它",
  which: "(哪条|哪一条)铁路",
  compared: "(哪条|哪一条|哪个)",
  columns: [
    {
      relation: "start",
      says: ["起于{v}", "~起点是{v}"],
      reverse: false,
    },
    {
      relation: "end",
      says: ["通往{v}", "~终点是{v}"],
      reverse: false,
    },
    {
      relation: "began",
      unit: "年",
      says: ["于{v}动工", "是{v}开始修建的"],
      compare: ["动工更早", "动工更晚"],
      reverse: false,
    },
    {
      relation: "opened",
      unit: "年",
      says: ["于{v}通车", "是{v}通车的"],
      compare: ["通车更早", "通车更晚"],
      reverse: false,
    },
    {
      relation: "length",
      unit: "公里",
      says: ["全长约{v}", "~长度约为{v}"],
      compare: ["更长", "更短"],
    },
    {
      relation: "speed",
      unit: "公里",
      says: ["~设计时速是{v}", "~设计时速为{v}"],
      reverse: false,
      compare: ["设计时速更高", "设计时速更低"],
    },
    { relation: "via", says: ["途经{v}", "经过{v}"] },
    { relation: "terrain", says: ["穿越{v}", "穿过{v}"] },
    {
      relation: "designer",
      says: ["由{v}主持设计", "~设计者是{v}"],
      reverse: ["{v}主持设计了(哪条|哪一条)铁路？"],
    },
    { relation: "known", says: ["因{v}而闻名"] },
  ],
  sentences: [
    [
      "{n}连接{start}和{end}[，途经{via}]。",
      "{n}起于{start}[，途经{via}][，止于{end}]。",
      "{n}从{start}通往{end}[，全长约{length}]。",
      "{n}通往{end}[，途经{via}]。",
    ],
    [
      "{p}于{began}动工[，{opened}通车]。",
      "{p}于{opened}通车。",
      "{p}由{designer}主持设计[，于{began}动工][，{opened}通车]。",
    ],
    [
      "{p}全长约{length}[，设计时速为{speed}]。",
      "{p}的设计时速为{speed}。",
    ],
    [
      "{p}途经{via}[，并穿越{terrain}]。",
      "{p}穿越{terrain}。",
    ],
    [
      "{p}由{designer}主持设计。",
    ],
    [
      "{p}因{known}而闻名。",
    ],
  ],
  links: [
    "same start: {m}也从{start}出发[，通往{m.end}]。",
    "same end: {m}也通往{end}[，起点是{m.start}]。",
    "same opened: {m}也在{opened}通车[，全长约{m.length}]。",
    "same began: {m}也在{began}动工[，{m.opened}通车]。",
    "same speed: {m}的设计时速也是{speed}。",
    "same terrain: {m}也穿越{terrain}[，途经{m.via}]。",
    "same via: {m}也途经{via}[，通往{m.end}]。",
    "more length: {m}全长约{m.length}，比{n}长。",
    "less length: {m}全长约{m.length}，比{n}短。",
    "more speed: {m}的设计时速为{m.speed}，高于{n}。",
    "less speed: {m}的设计时速为{m.speed}，低于{n}。",
    "{m}连接{m.start}和{m.end}[，途经{m.via}]。",
    "{m}从{m.start}通往{m.end}[，全长约{m.length}]。",
    "{m}起于{m.start}[，途经{m.via}][，止于{m.end}]。",
    "{m}全长约{m.length}[，途经{m.via}]。",
    "{m}于{m.opened}通车[，全长约{m.length}]。",
  ],
  rows: `
京沪高速铁路|北京|上海|2008|2011|1318|380|济南|-|-|-
京广高速铁路|北京|广州|2005|2012|2298|350|武汉|-|-|-
京张高速铁路|北京|张家口|2016|2019|174|350|怀来|八达岭|-|列车自动驾驶
京张铁路|北京|张家口|1905|1909|200|-|南口|八达岭|詹天佑|人字形线路
京九铁路|北京|香港|1993|1996|2400|-|南昌|-|-|-
京沪铁路|北京|上海|-|-|1460|-|天津|-|-|-
京广铁路|北京|广州|-|1957|2300|-|郑州|-|-|-
兰新铁路|兰州|乌鲁木齐|1952|-|1900|-|嘉峪关|乌鞘岭|-|-
青藏铁路|西宁|拉萨|1958|2006|1956|-|格尔木|唐古拉山|-|海拔高
成渝铁路|成都|重庆|1950|1952|505|-|内江|-|-|-
宝成铁路|宝鸡|成都|1952|1958|669|-|广元|秦岭|-|-
成昆铁路|成都|昆明|1958|1970|1100|-|西昌|大凉山|-|桥梁隧道多
哈大高速铁路|哈尔滨|大连|2007|2012|921|350|沈阳|-|-|抵御严寒的能力
武广高速铁路|武汉|广州|2005|2009|1069|350|长沙|-|-|-
郑西高速铁路|郑州|西安|2005|2010|-|350|洛阳|-|-|-
西成高速铁路|西安|成都|2012|2017|658|250|汉中|秦岭|-|-
贵广高速铁路|贵阳|广州|2008|2014|857|-|桂林|-|-|-
兰新高速铁路|兰州|乌鲁木齐|2009|2014|1776|-|西宁|祁连山|-|-
沪昆高速铁路|上海|昆明|-|2016|2252|350|长沙|-|-|-
成渝高速铁路|成都|重庆|2010|2015|308|350|内江|-|-|-
石太高速铁路|石家庄|太原|2005|2009|-|250|阳泉|太行山|-|-
合福高速铁路|合肥|福州|-|2015|850|350|黄山|-|-|-
西伯利亚大铁路|莫斯科|符拉迪沃斯托克|1891|1916|9288|-|伊尔库茨克|乌拉尔山|-|-
坦赞铁路|达累斯萨拉姆|卡皮里姆波希|1970|1976|1860|-|姆贝亚|-|-|中国的援建
南疆铁路|吐鲁番|喀什|1974|1999|1446|-|库尔勒|天山|-|-
包兰铁路|包头|兰州|1954|1958|990|-|银川|-|-|沿线的治沙工程
南昆铁路|南宁|昆明|1990|1997|900|-|百色|-|-|-
海南环岛高速铁路|-|-|-|2015|653|-|三亚|-|-|环岛运行
中老铁路|昆明|万象|-|2021|1035|160|琅勃拉邦|-|-|-
雅万高速铁路|雅加达|万隆|-|2023|142|350|卡拉旺|-|-|-
拉林铁路|拉萨|林芝|2014|2021|435|160|山南|-|-|-
拉日铁路|拉萨|日喀则|2010|2014|251|120|曲水|-|-|-
`,
};

export const bridges: Table = {
  kind: "bridge",
  pronoun: "它",
  which: "(哪座|哪一座)(桥|桥梁)",
  compared: "(哪座|哪一座|哪个)",
  columns: [
    { relation: "where", says: ["位于{v}", "在{v}"], reverse: false },
    { relation: "crosses", says: ["横跨{v}", "跨越{v}"], reverse: false },
    { relation: "connects", says: ["连接{v}", "把{v}连在一起"] },
    {
      relation: "began",
      unit: "年",
      says: ["于{v}动工", "是{v}开始修建的"],
      compare: ["动工更早", "动工更晚"],
    },
    {
      relation: "opened",
      unit: "年",
      says: ["于{v}通车", "是{v}通车的"],
      compare: ["通车更早", "通车更晚"],
    },
    {
      relation: "bridgeLength",
      unit: "米",
      says: ["全长约{v}", "~长度约为{v}"],
      compare: ["更长", "更短"],
    },
    {
      relation: "span",
      unit: "米",
      says: ["~主跨约为{v}", "~主跨长约{v}"],
      compare: ["主跨更大", "主跨更小"],
    },
    { relation: "bridgeType", says: ["是一座{v}", "~桥型是{v}"], reverse: false },
    { relation: "bridgeUse", says: ["是一座{v}"], reverse: false },
    {
      relation: "designer",
      says: ["由{v}主持设计", "~设计者是{v}"],
      reverse: ["{v}主持设计了(哪座|哪一座)桥？"],
    },
    { relation: "alsoCalled", says: ["又称“{v}”", "被称为“{v}”"] },
    { relation: "known", says: ["因{v}而闻名"] },
  ],
  sentences: [
    [
      "first: {n}是{where}的一座{bridgeUse}[，横跨{crosses}]。",
      "first: {n}是横跨{crosses}的一座{bridgeUse}[，位于{where}]。",
      "{n}位于{where}[，横跨{crosses}]。",
      "{n}横跨{crosses}[，连接{connects}]。",
      "{n}是一座{bridgeUse}[，横跨{crosses}]。",
    ],
    [
      "{p}横跨{crosses}[，连接{connects}]。",
      "{p}连接{connects}。",
    ],
    [
      "{p}由{designer}主持设计[，于{began}动工][，{opened}通车]。",
      "{p}于{began}动工[，{opened}通车]。",
      "{p}于{opened}通车。",
    ],
    [
      "{p}全长约{bridgeLength}[，主跨约为{span}]。",
      "{p}的主跨约为{span}。",
    ],
    [
      "从结构上看，{p}是一座{bridgeType}。",
      "{p}的桥型是{bridgeType}。",
    ],
    [
      "{p}是一座{bridgeUse}。",
    ],
    [
      "{p}又称“{alsoCalled}”。",
      "{p}因{known}而闻名。",
    ],
  ],
  links: [
    "same where: {m}也位于{where}[，横跨{m.crosses}]。",
    "same crosses: {m}也横跨{crosses}[，位于{m.where}]。",
    "same bridgeType: {m}也是一座{bridgeType}[，位于{m.where}]。",
    "same bridgeUse: {m}也是一座{bridgeUse}[，位于{m.where}]。",
    "same designer: {m}也由{designer}主持设计[，于{m.opened}通车]。",
    "same connects: {m}也连接{connects}[，于{m.opened}通车]。",
    "more bridgeLength: {m}位于{m.where}，全长约{m.bridgeLength}，比{n}长。",
    "less bridgeLength: {m}位于{m.where}，全长约{m.bridgeLength}，比{n}短。",
    "more span: {m}位于{m.where}，主跨约为{m.span}，比{n}的主跨长。",
    "less span: {m}位于{m.where}，主跨约为{m.span}，比{n}的主跨短。",
    "{m}横跨{m.crosses}[，位于{m.where}]。",
    "{m}位于{m.where}[，横跨{m.crosses}]。",
    "{m}是{m.where}的一座{m.bridgeUse}[，横跨{m.crosses}]。",
    "{m}是横跨{m.crosses}的一座{m.bridgeUse}。",
  ],
  rows: `
南京长江大桥|江苏|长江|-|1960|1968|-|160|桁梁桥|公铁两用桥|-|-|中国工程师的自主设计
武汉长江大桥|湖北|长江|-|1955|1957|1670|128|桁梁桥|公铁两用桥|-|万里长江第一桥|-
九江长江大桥|江西|长江|-|1973|1993|-|216|-|公铁两用桥|-|-|-
杭州湾大桥|浙江|杭州湾|嘉兴和宁波|2003|2008|36000|448|斜拉桥|公路桥|-|-|-
青岛海湾大桥|山东|胶州湾|-|2007|2011|-|-|-|公路桥|-|胶州湾大桥|-
苏通大桥|江苏|长江|苏州和南通|2003|2008|-|1088|斜拉桥|公路桥|-|-|-
钱塘江大桥|杭州|钱塘江|-|1934|1937|1453|-|桁梁桥|公铁两用桥|茅以升|-|-
南浦大桥|上海|黄浦江|浦东和浦西|1988|1991|8346|423|斜拉桥|公路桥|林元培|-|-
杨浦大桥|上海|黄浦江|浦东和浦西|1991|1993|-|602|斜拉桥|公路桥|林元培|-|-
卢浦大桥|上海|黄浦江|浦东和浦西|2000|2003|3900|550|拱桥|公路桥|林元培|-|-
芜湖长江大桥|安徽|长江|-|1997|2000|-|312|斜拉桥|公铁两用桥|-|-|-
安庆长江大桥|安徽|长江|-|2001|2004|-|510|斜拉桥|公路桥|-|-|-
虎门大桥|广东|珠江|广州和东莞|1992|1997|-|888|悬索桥|公路桥|-|-|-
中山桥|兰州|黄河|-|-|1909|234|-|桁架桥|步行桥|-|黄河第一桥|-
金门大桥|美国|金门海峡|-|1933|1937|2737|1280|悬索桥|公路桥|施特劳斯|-|橙红色的桥身
布鲁克林大桥|纽约|东河|-|1870|1883|-|486|悬索桥|-|罗布林|-|-
悉尼海港大桥|澳大利亚|悉尼港|-|-|1932|1149|503|拱桥|公铁两用桥|布拉德菲尔德|-|-
伦敦塔桥|英国|泰晤士河|-|1886|1894|244|61|开启桥|-|琼斯|-|可以升起的桥面
济南黄河大桥|山东|黄河|-|1978|1982|-|220|斜拉桥|公路桥|-|-|-
明石海峡大桥|日本|明石海峡|本州和淡路岛|1988|1998|3911|1991|悬索桥|公路桥|-|-|-
`,
};
