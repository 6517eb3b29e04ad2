/** Phrasings for elements, moons, planets and spacecraft. */
import { by, DEFINITION, entry, type Phrasings, year } from "./parts.ts";

// deno-fmt-ignore -- several short names on a line
/** The relations that this table phrases. */
export type SkyRelation =
  | "symbol" | "atomicNumber" | "elementType" | "state" | "planetOf" | "discoverer"
  | "discovered" | "order" | "moonCount" | "launchedBy" | "launched";

/** Each relation's phrasings. */
export const sky: Readonly<Record<SkyRelation, Phrasings>> = {
  symbol: entry(["{n}的元素符号是什么？", "{n}用什么符号表示？"], [
    "{n}(|的)(|元素)符号(是|为)什么？",
    "{n}(|是)用什么(|元素)符号(|来)表示(|的)？",
  ]),
  atomicNumber: entry(["{n}的原子序数是多少？", "{n}的原子序数是几？"], [
    "{n}(|的)原子序数(是|为)(多少|几|什么)？",
  ]),
  elementType: entry(["{n}是什么元素？", "{n}属于哪一类元素？", "{n}是什么？"], [
    ...DEFINITION,
    "{n}(是|属于)(什么|哪类|哪一类|哪种|什么类型的|什么种类的)元素？",
    "{n}是一种(什么|什么样的|怎样的)元素？",
    "{n}属于(什么|哪一类|哪类)？",
  ]),
  state: entry(["{n}在常温下是什么状态？", "常温下{n}是什么状态？"], [
    "{n}(|在)常温下(是|为|呈)(什么|什么状态|什么样的)？",
    "(常温下|在常温下){n}(是|为|呈)(什么|什么状态)？",
  ]),
  planetOf: entry(["{n}是哪颗行星的卫星？", "{n}绕哪颗行星运行？"], [
    "{n}(是|属于)(哪颗|哪个|什么|哪一颗)(行星|星|星球)的卫星？",
    "{n}(|围)绕(|着)(哪颗|哪个|什么)(行星|星|星球)(运行|转|转动)？",
    "{n}(|围)绕(|着)什么(运行|转|转动)？",
  ]),
  discoverer: entry(["{n}是谁发现的？", "谁发现了{n}？"], [
    ...by("发现"),
    `{n}(|的)发现者(是|叫)(谁|什么|什么人)？`,
  ]),
  discovered: entry(["{n}是哪一年发现的？", "{n}什么时候被发现？"], [
    ...year("(|被)发现"),
  ]),
  order: entry(["{n}是第几近的行星？", "{n}离太阳第几近？"], [
    "{n}(|是)离太阳第几近(|的行星)？",
    "{n}离太阳的远近排第几？",
    "{n}(|按离太阳的远近)排第几？",
  ]),
  moonCount: entry(["{n}有几颗卫星？", "{n}有多少颗卫星？"], [
    "{n}(|一共|共)有(几颗|多少颗|多少|几个|多少个)卫星？",
    "{n}的卫星(|一共)有(几|多少)颗？",
  ]),
  launchedBy: entry(["{n}是哪个国家发射的？", "{n}由哪个国家发射？"], [
    "{n}(|是)由(哪个国家|哪国|哪一个国家)发射(|的)？",
    "{n}是(哪个国家|哪国|哪一个国家|什么国家)(发射的|的|的航天器)？",
    "(哪个国家|哪国)发射了{n}？",
  ]),
  launched: entry(["{n}是哪一年发射的？", "{n}什么时候升空？"], year("(发射|升空)")),
};
