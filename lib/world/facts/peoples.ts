/**
 * Peoples of China besides the Han: home, number (census of 2020, rounded), branch of their
 * language, festival, art, house, food.
 */
import type { Table } from "../table.ts";

export const peoples: Table = {
  kind: "people",
  pronoun: "这个民族",
  which: "(哪个|哪一个)(民族|少数民族)",
  compared: "(哪个|哪一个|哪个民族)",
  columns: [
    { relation: "livesIn", says: ["主要生活在{v}", "主要分布在{v}"], reverse: false },
    {
      relation: "peopleNumber",
      unit: "人",
      says: ["~人口约为{v}", "约有{v}"],
      compare: ["人口更多", "人口更少"],
    },
    { relation: "languageBranch", says: ["~语言属于{v}"], reverse: false },
    {
      relation: "mainFestival",
      says: ["庆祝{v}"],
      reverse: ["{v}是哪个民族的节日？"],
    },
    { relation: "art", says: ["以{v}闻名", "因{v}而闻名"] },
    {
      relation: "house",
      says: ["传统上住{v}"],
      reverse: false,
    },
    {
      relation: "peopleFood",
      says: ["有{v}等特色饮食"],
      reverse: ["{v}是哪个民族的特色饮食？"],
    },
  ],
  sentences: [
    [
      "first: {n}是中国的少数民族，主要分布在{livesIn}[，人口约{peopleNumber}]。",
      "first: {n}是中国的少数民族，人口约{peopleNumber}[，主要分布在{livesIn}]。",
      "first: {n}是中国的少数民族，以{art}闻名。",
    ],
    [
      "{p}主要分布在{livesIn}[，人口约{peopleNumber}]。",
      "{p}主要聚居在{livesIn}。",
      "{p}约有{peopleNumber}。",
    ],
    [
      "{p}使用{languageBranch}的语言。",
      "{p}的语言属于{languageBranch}。",
    ],
    [
      "{p}以{art}闻名。",
      "{p}因{art}而闻名。",
    ],
    [
      "{p}的传统民居是{house}。",
      "{house}是{n}的传统民居。",
    ],
    [
      "{p}的特色饮食有{peopleFood}。",
      "{p}有{peopleFood}等特色饮食。",
    ],
    [
      "{p}的传统节日有{mainFestival}。",
      "{mainFestival}是{n}的传统节日。",
    ],
  ],
  links: [
    "same livesIn: {m}也主要分布在{m.livesIn}[，人口约{m.peopleNumber}]。",
    "same livesIn: {m}同样主要聚居在{m.livesIn}。",
    "same languageBranch: {m}主要分布在{m.livesIn}，也使用{m.languageBranch}的语言。",
    "same mainFestival: {m}主要分布在{m.livesIn}，也庆祝{m.mainFestival}。",
    "same house: {m}主要分布在{m.livesIn}，传统上也住{m.house}。",
    "same art: {m}主要分布在{m.livesIn}，同样以{m.art}闻名。",
    "{m}主要分布在{m.livesIn}[，人口约{m.peopleNumber}]。",
    "{m}也是中国的少数民族，主要分布在{m.livesIn}。",
    "{m}主要聚居在{m.livesIn}[，以{m.art}闻名]。",
  ],
  rows: `
蒙古族|内蒙古|629万|蒙古语族|那达慕大会|长调和马头琴|蒙古包|奶茶
藏族|西藏和青海|706万|藏缅语族|雪顿节|唐卡|碉房|酥油茶
水族|贵州|50万|壮侗语族|端节|水书|-|-
土家族|湖南和湖北|959万|藏缅语族|赶年|摆手舞|吊脚楼|-
黎族|海南|160万|壮侗语族|三月三|织锦|船形屋|竹筒饭
朝鲜族|吉林|170万|-|-|长鼓舞|-|冷面
回族|宁夏|1138万|-|开斋节|民歌“花儿”|-|油香
纳西族|云南|32万|藏缅语族|三朵节|古乐和东巴文字|木楞房|-
哈尼族|云南|173万|藏缅语族|十月年|梯田|蘑菇房|-
土族|青海|28万|蒙古语族|纳顿节|安昭舞|-|-
壮族|广西|1957万|壮侗语族|三月三|织锦|干栏式房屋|五色糯米饭
维吾尔族|新疆|1177万|突厥语族|古尔邦节|十二木卡姆|-|抓饭
苗族|贵州|1107万|苗瑶语族|芦笙节|银饰|吊脚楼|酸汤鱼
满族|辽宁|1042万|满通古斯语族|颁金节|旗袍|-|萨其马
彝族|云南和四川|983万|藏缅语族|火把节|漆器|土掌房|坨坨肉
布依族|贵州|358万|壮侗语族|六月六|蜡染|石板房|-
侗族|贵州|350万|壮侗语族|花炮节|大歌|吊脚楼|油茶
瑶族|广西|331万|苗瑶语族|盘王节|长鼓舞|-|油茶
白族|云南|209万|藏缅语族|三月街|扎染|-|三道茶
哈萨克族|新疆|156万|突厥语族|纳吾热孜节|阿肯弹唱|毡房|-
傣族|云南|133万|壮侗语族|泼水节|孔雀舞|竹楼|竹筒饭
羌族|四川|31万|藏缅语族|羌年|羌笛|碉房|咂酒
赫哲族|黑龙江|5400|满通古斯语族|乌日贡节|鱼皮工艺|-|生鱼片
京族|广西|3.3万|-|哈节|独弦琴|-|-
鄂伦春族|内蒙古和黑龙江|9200|满通古斯语族|篝火节|桦树皮工艺|撮罗子|-
`,
};
