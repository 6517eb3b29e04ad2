/**
 * Plants: growth form, family, other name, origin, when they came to China, conditions, greatest
 * height in m, leaves, flowers, what is eaten, use, what they stand for, whose city flower.
 */
import type { Table } from "../table.ts";

export const plants: Table = {
  kind: "plant",
  pronoun: "它",
  which: "(哪种|哪一种)植物",
  compared: "(哪种植物|哪一种植物|哪个|哪种)",
  columns: [
    { relation: "plantForm", says: ["属于{v}", "是{v}"], reverse: false },
    { relation: "family", says: ["是{v}植物", "属于{v}"], reverse: false },
    { relation: "alsoCalled", says: ["又叫{v}", "~别名是{v}", "也被称为{v}"] },
    { relation: "origin", says: ["原产于{v}", "~原产地是{v}"], reverse: false },
    { relation: "broughtToChina", says: ["在{v}传入中国", "是{v}传入中国的"], reverse: false },
    {
      relation: "thrives",
      says: ["喜欢{v}的环境", "适合在{v}的环境中生长"],
      reverse: false,
    },
    {
      relation: "growsTo",
      unit: "米",
      says: ["可以长到{v}高", "最高可达{v}"],
      compare: ["长得更高", "更高", "更矮"],
    },
    { relation: "leafShape", says: ["~叶子呈{v}", "~叶片呈{v}"], reverse: false },
    { relation: "bloom", says: ["在{v}开花", "~花期在{v}"], reverse: false },
    { relation: "flowerColor", says: ["~花是{v}的", "开{v}的花"], reverse: false },
    {
      relation: "eatenPart",
      says: ["~{v}可以食用", "~食用部分是{v}"],
      reverse: false,
    },
    {
      relation: "use",
      says: ["可以用来{v}", "常用来{v}"],
      reverse: false,
    },
    { relation: "symbolOf", says: ["象征{v}", "是{v}的象征"], reverse: false },
    {
      relation: "cityFlower",
      says: ["是{v}的市花"],
      reverse: ["{v}的市花是什么？", "{v}的市花是什么花？"],
    },
  ],
  sentences: [
    [
      "first: {n}是一种{plantForm}，原产于{origin}[，在{broughtToChina}传入中国]。",
      "first: {n}又叫{alsoCalled}，是一种{plantForm}[，原产于{origin}]。",
      "first: {n}是一种{plantForm}[，属于{family}]。",
      "first: {n}是{family}植物[，原产于{origin}]。",
      "{n}是一种{plantForm}。",
      "{n}原产于{origin}[，在{broughtToChina}传入中国]。",
      "{n}属于{family}。",
    ],
    [
      "{p}属于{family}。",
      "{p}原产于{origin}[，在{broughtToChina}传入中国]。",
      "{p}在{broughtToChina}传入中国。",
    ],
    [
      "{p}也被称为{alsoCalled}。",
      "{p}又叫{alsoCalled}。",
    ],
    [
      "{p}喜欢{thrives}的环境。",
      "{p}适合在{thrives}的环境中生长。",
    ],
    [
      "{p}可以长到{growsTo}高。",
      "{p}最高可达{growsTo}。",
    ],
    [
      "{p}的叶子呈{leafShape}。",
    ],
    [
      "{p}在{bloom}开{flowerColor}的花。",
      "{p}在{bloom}开花。",
      "{p}开{flowerColor}的花。",
    ],
    [
      "{p}的{eatenPart}可以食用。",
      "{p}可以食用的部分是{eatenPart}。",
    ],
    [
      "{p}常用来{use}。",
      "{p}可以用来{use}。",
    ],
    [
      "{p}常被看作{symbolOf}的象征。",
      "{p}象征{symbolOf}。",
    ],
    [
      "{p}是{cityFlower}的市花。",
    ],
  ],
  links: [
    "same plantForm: {m}也是一种{plantForm}[，原产于{m.origin}]。",
    "same family: {m}也属于{family}[，原产于{m.origin}]。",
    "same family: {m}同样是{family}植物。",
    "same origin: {m}也原产于{origin}。",
    "same broughtToChina: {m}也在{broughtToChina}传入中国。",
    "same bloom: {m}属于{m.family}，也在{bloom}开花。",
    "same flowerColor: {m}属于{m.family}，花也是{flowerColor}的。",
    "same thrives: {m}同样喜欢{thrives}的环境。",
    "more growsTo: {m}是一种{m.plantForm}，最高可达{m.growsTo}，比{n}高。",
    "less growsTo: {m}是一种{m.plantForm}，最高可达{m.growsTo}，比{n}矮。",
    "{m}是一种{m.plantForm}[，原产于{m.origin}]。",
    "{m}是一种{m.plantForm}[，属于{m.family}]。",
    "{m}原产于{m.origin}[，属于{m.family}]。",
    "{m}喜欢{m.thrives}的环境。",
  ],
  rows: `
水稻|一年生草本植物|禾本科|-|中国|-|温暖湿润|1|长条形|-|-|种子|煮饭|-|-
小麦|一年生草本植物|禾本科|麦子|西亚|-|凉爽|1|长条形|-|-|种子|磨面粉|-|-
玉米|一年生草本植物|禾本科|苞谷|美洲|明代|温暖向阳|3|长条形|夏季|-|种子|做饲料|-|-
大豆|一年生草本植物|豆科|黄豆|中国|-|温暖|1|-|夏季|白色或紫色|种子|榨油|-|-
花生|一年生草本植物|豆科|长生果|南美洲|明代|温暖向阳|-|-|夏季|黄色|种子|榨油|-|-
土豆|草本植物|茄科|马铃薯|南美洲|明代|凉爽|1|-|-|-|块茎|做淀粉|-|-
番茄|草本植物|茄科|西红柿|南美洲|明代|温暖向阳|2|-|夏季|黄色|果实|做菜|-|-
茄子|草本植物|茄科|落苏|印度|-|温暖|1|卵形|夏季|紫色|果实|做菜|-|-
烟草|一年生草本植物|茄科|-|南美洲|明代|温暖|2|椭圆形|夏季|粉红色|-|制作香烟|-|-
黄瓜|一年生草本植物|葫芦科|胡瓜|印度|汉代|温暖湿润|-|心形|夏季|黄色|果实|做菜|-|-
南瓜|一年生草本植物|葫芦科|饭瓜|美洲|明代|温暖向阳|-|-|夏季|黄色|果实|做菜|-|-
西瓜|一年生草本植物|葫芦科|寒瓜|非洲|-|温暖干燥|-|-|夏季|黄色|果实|榨汁|-|-
白菜|草本植物|十字花科|-|中国|-|凉爽|-|-|春季|黄色|叶子|做泡菜|-|-
油菜|草本植物|十字花科|-|-|-|凉爽|1|-|春季|黄色|-|榨油|-|-
高粱|一年生草本植物|禾本科|蜀黍|非洲|-|温暖向阳|3|长条形|-|-|种子|酿酒|-|-
竹子|常绿植物|禾本科|-|-|-|温暖湿润|30|披针形|-|-|嫩芽|做家具|气节|-
荷花|多年生水生植物|莲科|莲花|亚洲|-|温暖多水|-|圆形|夏季|-|地下茎|美化环境|高洁|济南
牡丹|落叶灌木|芍药科|木芍药|中国|-|温和干燥|2|-|春季|-|-|美化环境|富贵|洛阳
月季|常绿灌木|蔷薇科|月月红|中国|-|温暖向阳|2|卵形|-|-|-|美化环境|-|北京
梅花|落叶乔木|蔷薇科|春梅|中国|-|温暖|10|卵形|冬末春初|-|果实|美化环境|坚强|南京
桃树|落叶乔木|蔷薇科|-|中国|-|阳光充足|8|披针形|春季|粉红色|果实|做罐头|长寿|-
苹果树|落叶乔木|蔷薇科|-|中亚|-|凉爽干燥|15|椭圆形|春季|-|果实|做果酱|-|-
杏树|落叶乔木|蔷薇科|-|中国|-|阳光充足|10|卵形|春季|-|果实|做果脯|-|-
李树|落叶乔木|蔷薇科|-|中国|-|温和湿润|10|-|春季|白色|果实|做果脯|-|-
桂花|常绿乔木|木犀科|岩桂|中国|-|温暖湿润|10|椭圆形|秋季|-|花|做糕点|-|杭州
茉莉花|常绿灌木|木犀科|-|印度|汉代|温暖湿润|3|-|夏季|白色|-|制作花茶|-|福州
山茶花|常绿灌木|山茶科|耐冬|中国|-|温和湿润|9|椭圆形|冬春两季|-|-|美化环境|-|重庆
茶树|常绿灌木|山茶科|-|中国|-|温暖湿润|-|椭圆形|秋季|白色|-|制作茶叶|-|-
银杏|落叶乔木|-|公孙树|中国|-|阳光充足|40|扇形|春季|-|种子|制药|-|-
雪松|常绿乔木|松科|香柏|喜马拉雅山区|-|温和湿润|50|针形|秋季|-|-|美化环境|-|-
红松|常绿乔木|松科|果松|亚洲东北部|-|凉爽湿润|50|针形|-|-|种子|做家具|-|-
白杨|落叶乔木|杨柳科|-|-|-|阳光充足|30|卵形|春季|-|-|造纸|-|-
柳树|落叶乔木|杨柳科|-|中国|-|潮湿|18|披针形|春季|-|-|编筐|离别|-
芒果树|常绿乔木|漆树科|-|印度|唐代|炎热|20|-|-|-|果实|榨汁|-|-
葡萄|落叶藤本植物|-|-|西亚|汉代|阳光充足|-|-|-|黄绿色|果实|酿酒|-|-
可可树|常绿乔木|锦葵科|-|美洲|20世纪|炎热多雨|10|-|-|-|-|制作巧克力|-|-
桑树|落叶乔木|桑科|-|中国|-|温暖湿润|15|卵形|春季|-|果实|养蚕|-|-
无花果|落叶灌木|桑科|映日果|西亚|唐代|温暖向阳|10|掌形|-|-|果实|做果脯|-|-
百合|多年生草本植物|-|-|中国|-|凉爽湿润|2|披针形|夏季|-|鳞茎|美化环境|纯洁|-
`,
};
