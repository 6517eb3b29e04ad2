/** Dishes: home, making, taste. */
import type { Table } from "../table.ts";

export const dishes: Table = {
  kind: "dish",
  pronoun: "它",
  which: "(哪种|哪一种)(食物|美食)",
  compared: "(哪种|哪一种|哪个)",
  columns: [
    { relation: "dishType", says: ["属于{v}", "是{v}"], reverse: false },
    { relation: "alsoCalled", says: ["又叫{v}", "~别名是{v}", "也被称为{v}"] },
    { relation: "dishHome", says: ["来自{v}"], reverse: false },
    { relation: "dishCuisine", says: ["属于{v}", "是{v}"], reverse: false },
    {
      relation: "ingredient",
      says: ["~主要原料是{v}", "主要用{v}做成", "以{v}为主料"],
      reverse: false,
    },
    { relation: "seasoning", says: ["用{v}调味", "~主要调料是{v}"], reverse: false },
    { relation: "cooking", says: ["~主要烹饪方法是{v}"], reverse: false },
    { relation: "taste", says: ["味道{v}"], reverse: false },
    { relation: "texture", says: ["口感{v}", "吃起来{v}"], reverse: false },
    { relation: "dishSince", says: ["出现于{v}"], reverse: false },
    { relation: "calledAfter", says: ["因{v}而得名"] },
  ],
  sentences: [
    [
      "first: {n}是{dishHome}的一种{dishType}[，主要用{ingredient}做成]。",
      "first: {n}是来自{dishHome}的美食[，属于{dishCuisine}]。",
      "first: {n}是一种{dishType}[，主要用{ingredient}做成]。",
      "first: {n}又叫{alsoCalled}，是一种{dishType}[，主要用{ingredient}做成]。",
      "first: {n}属于{dishCuisine}[，以{ingredient}为主料]。",
      "{n}来自{dishHome}[，以{ingredient}为主料]。",
      "{n}主要用{ingredient}做成。",
    ],
    [
      "{p}出现于{dishSince}。",
    ],
    [
      "{p}因{calledAfter}而得名。",
    ],
    [
      "{p}也被称为{alsoCalled}。",
      "{p}又叫{alsoCalled}。",
    ],
    [
      "{p}来自{dishHome}[，属于{dishCuisine}]。",
      "{p}是一种{dishType}。",
      "{p}属于{dishCuisine}。",
    ],
    [
      "{p}以{ingredient}为主料[，用{seasoning}调味]。",
      "{p}主要用{ingredient}做成[，用{seasoning}调味]。",
      "{p}通常用{seasoning}调味。",
    ],
    [
      "{p}的主要烹饪方法是{cooking}。",
    ],
    [
      "{p}的味道{taste}[，口感{texture}]。",
      "{p}吃起来{texture}。",
    ],
  ],
  links: [
    "same dishHome: {m}也是{dishHome}的美食[，主要用{m.ingredient}做成]。",
    "same dishHome: {m}也来自{dishHome}[，以{m.ingredient}为主料]。",
    "same dishCuisine: {m}同样属于{dishCuisine}[，以{m.ingredient}为主料]。",
    "same dishType: {m}也是一种{dishType}[，来自{m.dishHome}]。",
    "same ingredient: {m}同样用{ingredient}做成[，味道{m.taste}]。",
    "same cooking: {m}来自{m.dishHome}，主要烹饪方法也是{cooking}。",
    "same taste: {m}来自{m.dishHome}，味道同样{taste}。",
    "same texture: {m}来自{m.dishHome}，吃起来同样{texture}。",
    "same seasoning: {m}来自{m.dishHome}，同样用{seasoning}调味。",
    "same dishSince: {m}也出现于{dishSince}[，来自{m.dishHome}]。",
    "{m}是来自{m.dishHome}的美食[，主要用{m.ingredient}做成]。",
    "{m}是{m.dishHome}的一种{m.dishType}。",
    "{m}来自{m.dishHome}[，属于{m.dishCuisine}]。",
    "{m}是一种{m.dishType}[，主要用{m.ingredient}做成]。",
    "{m}以{m.ingredient}为主料[，味道{m.taste}]。",
  ],
  rows: `
回锅肉|家常菜|-|四川|川菜|猪肉|豆瓣酱|炒|香辣|肥而不腻|-|肉要两次下锅
宫保鸡丁|热菜|-|四川|川菜|鸡肉和花生|干辣椒|炒|香辣|滑嫩|清代|丁宝桢的官衔
毛家红烧肉|热菜|-|湖南|湘菜|猪肉|糖色|炖|咸甜|肥而不腻|-|-
臭豆腐|小吃|-|长沙|-|豆腐|辣椒油|油炸|鲜辣|外酥里嫩|-|特殊的气味
热干面|小吃|-|武汉|-|碱水面|芝麻酱|拌|咸香|筋道|20世纪30年代|-
武昌鱼|热菜|-|湖北|鄂菜|鳊鱼|葱和姜|清蒸|鲜美|细嫩|-|-
东坡肉|热菜|-|杭州|浙菜|猪肉|黄酒|焖|咸甜|肥而不腻|宋代|苏轼的号
西湖醋鱼|热菜|-|杭州|浙菜|草鱼|糖和醋|煮|酸甜|细嫩|-|-
盐水鸭|冷菜|桂花鸭|南京|苏菜|鸭子|花椒和盐|煮|咸鲜|细嫩|-|-
虾饺|点心|-|广东|粤菜|虾和澄面|-|蒸|清鲜|爽滑|20世纪20年代|-
烧鹅|热菜|-|广东|粤菜|鹅|香料|烤|咸香|皮脆肉嫩|-|-
肠粉|小吃|-|广东|粤菜|大米|酱油|蒸|清香|爽滑|-|形状像猪肠
桂林米粉|小吃|-|广西|-|大米|卤水|拌|鲜香|爽滑|-|-
过桥米线|小吃|-|云南|滇菜|大米|-|热汤烫熟|鲜香|爽滑|清代|妻子过桥送饭的传说
汽锅鸡|热菜|-|云南|滇菜|鸡肉|-|蒸|清鲜|软烂|清代|所用的炊具
羊肉泡馍|小吃|-|西安|陕菜|羊肉和面饼|-|煮|鲜香|-|-|-
肉夹馍|小吃|-|西安|陕菜|面饼和猪肉|-|卤|咸香|外脆里软|-|肉夹于馍的说法
牛肉拉面|面食|牛肉面|兰州|-|面条和牛肉|辣椒油|煮|鲜香|筋道|清代|-
大盘鸡|热菜|-|新疆|-|鸡肉和土豆|干辣椒|炖|香辣|鲜嫩|20世纪80年代|盛菜的大盘子
锅包肉|热菜|-|哈尔滨|东北菜|猪肉|糖和醋|油炸|酸甜|外酥里嫩|清末|-
德州扒鸡|热菜|-|山东|鲁菜|鸡肉|香料|焖|咸香|软烂脱骨|清代|-
沙茶面|小吃|-|厦门|闽菜|面条|沙茶酱|煮|鲜辣|筋道|-|所用的调料
寿司|主食|-|日本|-|米饭和鱼|醋|-|清鲜|-|-|-
日式拉面|面食|-|日本|-|面条|酱油|煮|鲜香|筋道|20世纪初|-
韩式泡菜|佐餐小菜|-|韩国|-|白菜|辣椒粉|腌制|酸辣|脆嫩|-|-
意大利面|面食|意粉|-|-|小麦粉|番茄酱|煮|-|有嚼劲|-|-
比萨饼|面食|披萨|意大利|-|面粉和奶酪|番茄酱|烤|咸香|外脆里软|-|-
海鲜饭|主食|-|西班牙|-|大米和海鲜|藏红花|焖|咸香|-|19世纪|-
红菜汤|汤菜|-|乌克兰|-|甜菜|酸奶油|炖|酸甜|-|-|汤的颜色
`,
};
