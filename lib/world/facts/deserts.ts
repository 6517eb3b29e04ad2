/** Deserts: where they lie, how large they are (rounded), what lives there. */
import type { Table } from "../table.ts";

export const deserts: Table = {
  kind: "desert",
  pronoun: "它",
  which: "(哪片|哪一片|哪个)沙漠",
  compared: "(哪片|哪一片|哪个)",
  columns: [
    { relation: "where", says: ["位于{v}", "地处{v}"], reverse: false },
    { relation: "desertType", says: ["是{v}", "属于{v}"], reverse: false },
    {
      relation: "area",
      unit: "平方公里",
      says: ["面积约{v}", "~面积约为{v}"],
      compare: ["更大", "面积更大", "面积更小"],
    },
    { relation: "superlative", says: ["是{v}"] },
    { relation: "landform", says: ["位于{v}"], reverse: false },
    { relation: "resource", says: ["出产{v}"], reverse: false },
    { relation: "life", says: ["里生活着{v}"] },
    { relation: "flora", says: ["里生长着{v}"] },
    { relation: "placeMeaning", says: ["~名字意为“{v}”"] },
    { relation: "nameReason", says: ["因{v}得名", "因{v}而得名"] },
    { relation: "known", says: ["以{v}闻名", "因{v}而闻名"] },
    { relation: "knownAs", says: ["被称为“{v}”", "也叫“{v}”"] },
    {
      relation: "heritageYear",
      unit: "年",
      says: ["于{v}被列入世界遗产名录", "在{v}成为世界遗产"],
      reverse: false,
    },
  ],
  sentences: [
    [
      "first: {p}是位于{where}的{desertType}[，面积约{area}]。",
      "first: {p}是{where}的一片沙漠[，面积约{area}]。",
      "first: {p}是{superlative}[，位于{landform}][，面积约{area}]。",
      "{p}位于{where}[，属于{desertType}][，面积约{area}]。",
    ],
    [
      "{p}属于{desertType}[，位于{landform}][，面积约{area}]。",
      "{p}位于{landform}[，面积约{area}]。",
      "{p}的面积约为{area}。",
    ],
    [
      "{p}是{superlative}。",
    ],
    [
      "{p}位于{landform}。",
    ],
    [
      "{p}的名字意为“{placeMeaning}”。",
      "{p}因{nameReason}而得名。",
      "{p}的得名与{nameReason}有关。",
    ],
    [
      "{n}气候干旱，但仍有{life}等动物生存。",
      "{p}的代表性动物有{life}。",
    ],
    [
      "{n}气候干旱，但仍有{flora}等植物生长。",
      "{p}的代表性植物有{flora}。",
    ],
    [
      "{p}出产{resource}。",
      "{p}的资源有{resource}。",
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
    "same where: {m}同样位于{where}[，面积约{m.area}]。",
    "same where: {m}也是{where}的沙漠[，面积约{m.area}]。",
    "same desertType: {m}也属于{desertType}[，位于{m.where}][，面积约{m.area}]。",
    "same landform: {m}也位于{landform}[，面积约{m.area}]。",
    "same resource: {m}位于{m.where}，同样出产{resource}。",
    "more area: {m}位于{m.where}，面积约{m.area}，比{n}大。",
    "less area: {m}位于{m.where}，面积约{m.area}，比{n}小。",
    "{m}位于{m.where}[，属于{m.desertType}][，面积约{m.area}]。",
    "{m}是{m.where}的沙漠[，面积约{m.area}]。",
  ],
  rows: `
撒哈拉沙漠|非洲|热带沙漠|900万|-|-|石油|单峰骆驼|-|荒漠|-|古代岩画|-|-
塔克拉玛干沙漠|新疆|温带沙漠|33万|中国最大的沙漠|塔里木盆地|石油|-|胡杨|-|-|流动的沙丘|死亡之海|-
阿拉伯沙漠|亚洲|热带沙漠|233万|-|阿拉伯半岛|石油|剑羚|-|-|-|-|-|-
阿塔卡马沙漠|智利|-|105000|-|-|硝石|-|-|-|-|极度的干旱|世界干极|-
纳米布沙漠|非洲|海岸沙漠|-|-|-|钻石|-|千岁兰|广阔之地|-|红色的沙丘|-|-
卡拉哈里沙漠|非洲|热带沙漠|93万|-|-|钻石|狐獴|-|干渴之地|-|布须曼人|-|-
戈壁沙漠|亚洲|温带沙漠|130万|-|蒙古高原|-|双峰骆驼|-|-|-|恐龙化石|-|-
维多利亚大沙漠|澳大利亚|-|-|澳大利亚最大的沙漠|-|-|袋鼹|-|-|维多利亚女王|-|-|-
毛乌素沙漠|中国|温带沙漠|42000|-|鄂尔多斯高原|-|-|沙柳|坏水|-|治沙造林|-|-
库布齐沙漠|内蒙古|温带沙漠|18600|-|鄂尔多斯高原|-|-|甘草|弓上的弦|-|治沙工程|-|-
腾格里沙漠|内蒙古|温带沙漠|43000|-|阿拉善高原|-|-|-|天空|-|沙坡头|-|-
巴丹吉林沙漠|内蒙古|温带沙漠|49000|-|阿拉善高原|-|-|-|-|-|高大的沙山|-|2024
古尔班通古特沙漠|新疆|温带沙漠|48800|-|准噶尔盆地|石油|-|梭梭|-|-|-|-|-
库木塔格沙漠|中国|温带沙漠|22000|-|-|-|野骆驼|-|有沙的山|-|羽毛状的沙丘|-|-
塔尔沙漠|亚洲|热带沙漠|20万|-|-|-|印度瞪羚|-|-|-|-|印度大沙漠|-
莫哈韦沙漠|美国|-|-|-|-|硼砂|-|约书亚树|-|莫哈韦人|死亡谷|-|-
索诺拉沙漠|北美洲|亚热带沙漠|26万|-|-|铜|-|巨人柱|-|-|-|-|-
奇瓦瓦沙漠|北美洲|-|-|-|墨西哥高原|银|-|龙舌兰|-|-|白色的石膏沙丘|-|-
卡拉库姆沙漠|土库曼斯坦|温带沙漠|35万|-|图兰低地|天然气|-|-|黑沙|-|地狱之门|-|-
克孜勒库姆沙漠|亚洲|温带沙漠|30万|-|图兰低地|黄金|-|-|红沙|-|-|-|-
辛普森沙漠|澳大利亚|-|176000|-|大自流盆地|-|-|-|-|阿尔弗雷德·辛普森|平行的沙丘|-|-
巴塔哥尼亚沙漠|阿根廷|温带沙漠|67万|南美洲最大的沙漠|-|石油|原驼|-|-|-|-|-|-
`,
};
