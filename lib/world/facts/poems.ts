/** Chinese poems: poet, dynasty, form, lines. */
import type { Table } from "../table.ts";

export const poems: Table = {
  kind: "poem",
  pronoun: "它",
  which: "(哪首|哪一首)(诗词|诗歌)",
  compared: "(哪首|哪一首|哪个)",
  columns: [
    {
      relation: "author",
      says: ["是{v}写的", "~作者是{v}"],
      reverse: ["{v}写了(哪首|哪一首)诗词？"],
    },
    { relation: "workDynasty", says: ["创作于{v}", "是{v}的作品"], reverse: false },
    { relation: "poemForm", says: ["~体裁是{v}", "是一首{v}"], reverse: false },
    {
      relation: "lineCount",
      unit: "句",
      says: ["共有{v}", "一共有{v}"],
      reverse: false,
      compare: ["句数更多", "句数更少"],
    },
    {
      relation: "firstLine",
      says: ["以“{v}”开头", "~第一句是“{v}”"],
      reverse: ["“{v}”是(哪首|哪一首)诗词的第一句？"],
    },
    {
      relation: "quote",
      says: ["~名句是“{v}”"],
      reverse: ["“{v}”出自(哪首|哪一首)诗词？", "“{v}”是(哪首|哪一首)诗词中的名句？"],
    },
    { relation: "workTheme", says: ["写的是{v}", "以{v}为题材"] },
    { relation: "emotion", says: ["表达了{v}", "抒发了{v}"] },
  ],
  sentences: [
    [
      "first: {n}是{workDynasty}{author}写的一首{poemForm}。",
      "first: {n}是{author}写的一首{poemForm}[，创作于{workDynasty}]。",
      "{n}是{workDynasty}的一首{poemForm}[，作者是{author}]。",
      "first: {n}是{author}的作品[，创作于{workDynasty}]。",
      "first: {n}是一首著名的{poemForm}[，作者是{author}]。",
    ],
    [
      "{p}的作者是{author}。",
      "{p}创作于{workDynasty}[，作者是{author}]。",
    ],
    [
      "{p}是一首{poemForm}。",
      "{p}的体裁是{poemForm}。",
    ],
    [
      "{p}写的是{workTheme}[，表达了{emotion}]。",
      "{p}以{workTheme}为题材[，抒发了{emotion}]。",
      "{p}表达了{emotion}。",
    ],
    [
      "{p}以“{firstLine}”开头[，全篇共{lineCount}]。",
      "{p}全篇共{lineCount}。",
    ],
    [
      "{n}中有名句“{quote}”。",
      "名句“{quote}”出自{n}。",
    ],
  ],
  links: [
    "same author: {m}也是{m.author}的作品[，写的是{m.workTheme}]。",
    "same author: {m}的作者同样是{author}。",
    "same workDynasty: {m}也创作于{m.workDynasty}[，作者是{m.author}]。",
    "same poemForm: {m}也是一首{m.poemForm}[，作者是{m.author}]。",
    "more lineCount: {m}是一首{m.poemForm}，共有{m.lineCount}，比{n}长。",
    "less lineCount: {m}是一首{m.poemForm}，共有{m.lineCount}，比{n}短。",
    "{m}是{m.author}写的一首{m.poemForm}[，创作于{m.workDynasty}]。",
    "{m}是[{m.workDynasty}]{m.author}的作品。",
    "{m}是一首著名的{m.poemForm}[，作者是{m.author}]。",
    "{m}写的是{m.workTheme}[，作者是{m.author}]。",
  ],
  rows: `
《离骚》|屈原|战国时期|长篇抒情诗|373|帝高阳之苗裔兮|路漫漫其修远兮|诗人的理想和遭遇|忧国之情
《长恨歌》|白居易|唐朝|长篇叙事诗|120|汉皇重色思倾国|在天愿作比翼鸟|唐玄宗与杨贵妃的故事|-
《将进酒》|李白|唐朝|乐府诗|-|-|天生我材必有用|与友人饮酒的情景|怀才不遇的感慨
《望庐山瀑布》|李白|唐朝|七言绝句|4|日照香炉生紫烟|飞流直下三千尺|山间飞瀑的壮丽|对大自然的赞美
《早发白帝城》|李白|唐朝|七言绝句|4|朝辞白帝彩云间|轻舟已过万重山|乘船东下的见闻|遇赦之后的喜悦
《春望》|杜甫|唐朝|五言律诗|8|国破山河在|烽火连三月|战乱中的长安|忧国思家之情
《春夜喜雨》|杜甫|唐朝|五言律诗|8|好雨知时节|润物细无声|成都的一场夜雨|对及时雨的喜爱
《望岳》|杜甫|唐朝|五言古诗|8|岱宗夫如何|一览众山小|泰山的雄伟景象|攀登顶峰的雄心
《春晓》|孟浩然|唐朝|五言绝句|4|春眠不觉晓|处处闻啼鸟|春天的早晨|对春光的喜爱
《清明》|杜牧|唐朝|七言绝句|4|-|牧童遥指杏花村|行人在雨中问路的情景|旅途中的愁绪
《山行》|杜牧|唐朝|七言绝句|4|远上寒山石径斜|霜叶红于二月花|深秋的山林景色|对秋色的赞美
《江雪》|柳宗元|唐朝|五言绝句|4|千山鸟飞绝|孤舟蓑笠翁|寒冬垂钓的渔翁|清高孤独的心情
《咏柳》|贺知章|唐朝|七言绝句|4|碧玉妆成一树高|二月春风似剪刀|初春的垂柳|对春天的赞美
《枫桥夜泊》|张继|唐朝|七言绝句|4|月落乌啼霜满天|夜半钟声到客船|秋夜停船的见闻|旅途中的愁思
《出塞》|王昌龄|唐朝|七言绝句|4|秦时明月汉时关|不教胡马度阴山|边关的征战|对良将的期盼
《山居秋暝》|王维|唐朝|五言律诗|8|空山新雨后|明月松间照|雨后山中的傍晚|归隐山林的心愿
《游子吟》|孟郊|唐朝|五言古诗|6|慈母手中线|谁言寸草心|母亲为儿子缝衣的情景|对母爱的感激
《水调歌头》|苏轼|宋朝|词|-|明月几时有|但愿人长久|中秋之夜赏月的情景|对弟弟的思念
《元日》|王安石|宋朝|七言绝句|4|爆竹声中一岁除|春风送暖入屠苏|过年的热闹景象|辞旧迎新的喜悦
《示儿》|陆游|宋朝|七言绝句|4|死去元知万事空|家祭无忘告乃翁|临终前的嘱托|收复失地的愿望
《小池》|杨万里|宋朝|七言绝句|4|泉眼无声惜细流|小荷才露尖尖角|初夏的池塘景色|对自然的喜爱
《满江红》|岳飞|宋朝|词|-|怒发冲冠|白了少年头|抗击金兵的决心|报国的壮志
《观沧海》|曹操|汉朝|四言诗|14|东临碣石|星汉灿烂|大海的壮阔景象|统一天下的抱负
《石灰吟》|于谦|明朝|七言绝句|4|千锤万凿出深山|要留清白在人间|烧制石灰的过程|清白做人的志向
`,
};
