/**
 * Dynasties of China: founder, years, seat, people of the founder, years they lasted (rounded), a
 * well-known emperor, achievement, event, last ruler, conqueror. What is disputed is left out.
 */
import type { Table } from "../table.ts";

export const dynasties: Table = {
  kind: "dynasty",
  pronoun: "它",
  which: "(哪个|哪一个)(朝代|王朝)",
  compared: "(哪个|哪一个|哪个朝代)",
  columns: [
    {
      relation: "dynastyFounder",
      says: ["由{v}建立", "~建立者是{v}", "是{v}建立的"],
      reverse: ["{v}建立了哪个(朝代|王朝)？"],
    },
    {
      relation: "founderPeople",
      says: ["由{v}建立", "是{v}建立的"],
      reverse: ["{v}建立了哪个(朝代|王朝)？"],
    },
    {
      relation: "begins",
      unit: "年",
      says: ["建立于{v}", "始于{v}"],
      compare: ["建立更早", "建立更晚"],
    },
    {
      relation: "ends",
      unit: "年",
      says: ["灭亡于{v}", "于{v}灭亡"],
      compare: ["灭亡更早", "灭亡更晚"],
    },
    {
      relation: "lasted",
      unit: "年",
      says: ["延续了{v}", "存在了{v}", "前后历时{v}"],
      compare: ["延续时间更长", "延续时间更短", "存在时间更长"],
      reverse: false,
    },
    {
      relation: "dynastyCapital",
      says: ["定都{v}", "以{v}为都城"],
      reverse: ["{v}是哪个(朝代|王朝)的都城？"],
    },
    {
      relation: "famousRuler",
      says: ["出过著名君主{v}"],
      reverse: ["{v}是哪个(朝代|王朝)的君主？"],
    },
    { relation: "known", says: ["以{v}闻名", "因{v}而闻名"] },
    {
      relation: "dynastyEvent",
      says: ["时期发生过{v}"],
      reverse: ["{v}发生在哪个(朝代|王朝)？", "{v}是哪个朝代的事？"],
    },
    {
      relation: "lastRuler",
      says: ["~末代君主是{v}", "~最后一位君主是{v}"],
      reverse: ["{v}是哪个(朝代|王朝)的末代君主？"],
    },
    {
      relation: "endedBy",
      says: ["被{v}所灭", "最后被{v}所灭"],
      reverse: ["{v}灭掉了哪个(朝代|王朝)？"],
    },
  ],
  sentences: [
    [
      "first: {n}是中国历史上的[{founderPeople}]王朝，由{dynastyFounder}于{begins}建立[，定都{dynastyCapital}]。",
      "first: {n}是中国历史上由{founderPeople}建立的王朝[，定都{dynastyCapital}]。",
      "first: {n}是{dynastyFounder}建立的[{founderPeople}]王朝[，定都{dynastyCapital}]。",
      "first: {n}是中国历史上的[{founderPeople}]王朝，始于{begins}[，亡于{ends}]。",
      "first: {n}是中国历史上的[{founderPeople}]王朝，前后延续{lasted}。",
    ],
    [
      "{p}由{dynastyFounder}于{begins}建立[，定都{dynastyCapital}]。",
      "{p}由{dynastyFounder}建立[，定都{dynastyCapital}]。",
      "{p}建立于{begins}[，定都{dynastyCapital}]。",
      "{p}以{dynastyCapital}为都城。",
    ],
    [
      "{p}是{founderPeople}建立的王朝。",
    ],
    [
      "{p}以{known}闻名。",
      "{p}因{known}而闻名。",
    ],
    [
      "{dynastyEvent}发生在{n}时期。",
      "{dynastyEvent}是{n}时期的大事。",
    ],
    [
      "{p}的著名君主有{famousRuler}。",
      "{famousRuler}是{n}的著名君主。",
    ],
    [
      "{p}前后延续{lasted}[，于{ends}灭亡]。",
      "{p}于{ends}灭亡。",
      "{p}于{ends}被{endedBy}所灭。",
      "{p}最后被{endedBy}所灭。",
    ],
    [
      "{p}的末代君主是{lastRuler}。",
      "{p}的最后一位君主是{lastRuler}。",
    ],
  ],
  links: [
    "same dynastyCapital: {m}由{m.dynastyFounder}建立，也定都{m.dynastyCapital}。",
    "more lasted: {m}由{m.dynastyFounder}建立，前后延续{m.lasted}，比{n}长。",
    "less lasted: {m}由{m.dynastyFounder}建立，前后延续{m.lasted}，比{n}短。",
    "{m}由{m.dynastyFounder}建立[，定都{m.dynastyCapital}]。",
    "{m}是{m.dynastyFounder}建立的王朝[，定都{m.dynastyCapital}]。",
    "{m}由{m.dynastyFounder}建立[，始于{m.begins}][，亡于{m.ends}]。",
    "{m}始于{m.begins}[，亡于{m.ends}]。",
  ],
  rows: `
秦朝|秦始皇|-|公元前221|公元前207|15|咸阳|-|统一文字和货币|焚书坑儒|子婴|-
西汉|刘邦|-|公元前202|-|210|长安|汉武帝|开辟丝绸之路|张骞出使西域|-|王莽
东汉|刘秀|-|公元25|220|195|洛阳|汉明帝|改进造纸术|黄巾起义|汉献帝|曹丕
曹魏|曹丕|-|220|266|46|洛阳|魏明帝|九品中正制|高平陵之变|曹奂|司马炎
东吴|孙权|-|-|280|-|建业|-|发达的造船业|-|孙皓|西晋
西晋|司马炎|-|266|316|50|洛阳|-|结束三国分立|八王之乱|晋愍帝|匈奴
东晋|司马睿|-|317|420|103|建康|-|书法艺术|淝水之战|晋恭帝|刘裕
唐朝|李渊|-|618|907|289|长安|唐太宗|诗歌|安史之乱|唐哀帝|朱温
北宋|赵匡胤|-|960|1127|167|开封|宋仁宗|活字印刷术|王安石变法|宋钦宗|金朝
南宋|赵构|-|1127|1279|152|临安|宋孝宗|繁荣的海外贸易|崖山海战|-|元朝
辽朝|耶律阿保机|契丹族|-|1125|-|上京|辽圣宗|南北面官制度|澶渊之盟|天祚帝|金朝
西夏|李元昊|党项族|1038|1227|189|兴庆|夏仁宗|-|好水川之战|-|蒙古军队
金朝|完颜阿骨打|女真族|1115|1234|119|-|金世宗|-|靖康之变|-|蒙古和南宋的联军
元朝|忽必烈|蒙古族|1271|1368|97|大都|-|行省制度|红巾起义|元顺帝|明朝
明朝|朱元璋|-|1368|1644|276|-|明成祖|修建紫禁城|郑和下西洋|崇祯帝|李自成
清朝|皇太极|满族|1636|1912|276|北京|康熙帝|编修《四库全书》|鸦片战争|溥仪|-
`,
};
