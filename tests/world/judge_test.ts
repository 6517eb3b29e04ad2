/** The gold judge: clean questions are right, every kind of noise is wrong for its own reason. */
import assert from "node:assert/strict";
import {
  allEntities,
  comparisonForms,
  FAULTS,
  judgeQuestion,
  makeCorpus,
  nearMiss,
  NOISE_SHARES,
  type PassageRecord,
  relationNames,
  relations,
  relationsAsked,
  reverseForms,
  tableOf,
} from "../../lib/world/mod.ts";

import { expand, seededRandom } from "../../lib/corpus/mod.ts";
import { customs } from "../../lib/world/grammar/customs.ts";
import { elements } from "../../lib/world/grammar/elements.ts";
import { institutions } from "../../lib/world/grammar/institutions.ts";
import { land } from "../../lib/world/grammar/land.ts";
import { leisure } from "../../lib/world/grammar/leisure.ts";
import { living } from "../../lib/world/grammar/living.ts";
import { people } from "../../lib/world/grammar/people.ts";
import { places } from "../../lib/world/grammar/places.ts";
import { sky } from "../../lib/world/grammar/sky.ts";
import { sports } from "../../lib/world/grammar/sports.ts";
import { structures } from "../../lib/world/grammar/structures.ts";
import { towns } from "../../lib/world/grammar/towns.ts";
import { works } from "../../lib/world/grammar/works.ts";
const corpus = makeCorpus();
const allTables = () => new Set(allEntities().map(({ table }) => table));

const taishan: PassageRecord = {
  content_id: "content_0",
  content: "泰山坐落在山东，海拔约1545米，因日出而闻名。华山位于陕西，海拔约2155米。",
  entity: "泰山",
  kind: "mountain",
  facts: [
    { relation: "province", value: "山东" },
    { relation: "altitude", value: "1545米" },
    { relation: "known", value: "日出" },
  ],
  absent: ["what"],
  second: {
    entity: "华山",
    facts: [{ relation: "province", value: "陕西" }, { relation: "altitude", value: "2155米" }],
    absent: ["what", "known"],
  },
};
const reason = (question: string) => judgeQuestion(question, taishan).reason;

Deno.test("every clean question of the corpus is judged right", () => {
  for (const passage of corpus) {
    for (const { text } of passage.questions) {
      assert.equal(judgeQuestion(text, passage).reason, "right", text);
    }
  }
});

Deno.test("every spoiled question of the SFT file is judged wrong for the reason it was spoiled", () => {
  for (const passage of corpus) {
    for (const { text, noise } of passage.written) {
      const expected = noise === "clean" ? "right" : noise;
      assert.equal(judgeQuestion(text, passage).reason, expected, `${passage.content} ${text}`);
    }
  }
});

Deno.test("the shares of faults are near the recipe, and only the SFT split has any", () => {
  const of = (split: string) =>
    corpus.filter((p) => p.split === split).flatMap(({ written }) => written);
  const written = of("sft");
  for (const fault of FAULTS) {
    const share = written.filter(({ noise }) => noise === fault).length / written.length;
    const drawn = NOISE_SHARES[fault];
    assert.ok(share <= drawn + 0.01 && share >= 0.7 * drawn, `${fault}: ${share} of ${drawn}`);
  }
  const easy = written.filter(({ noise }) => noise === "cut off" || noise === "copy").length;
  assert.ok(easy / written.length <= 0.05);
  for (const split of ["ppo", "test"]) {
    assert.deepEqual(of(split).filter(({ noise }) => noise !== "clean"), []);
  }
});

Deno.test("nearly every passage has near-misses of all kinds, and none is right", () => {
  const random = seededRandom(1);
  const reasons = corpus.slice(0, 500).flatMap((passage) => {
    const text = nearMiss(passage.questions[0], { passage, namesOfKind: [], random });
    return text === undefined ? [] : [judgeQuestion(text, passage).reason];
  });
  assert.ok(reasons.length > 475, `${reasons.length} of 500`);
  const counts = Map.groupBy(reasons, (reason) => reason);
  assert.equal(counts.has("right"), false);
  for (
    const reason of ["vague", "not answerable", "wrong entity", "given away", "malformed"] as const
  ) {
    assert.ok((counts.get(reason)?.length ?? 0) > 40, `${reason}: ${counts.get(reason)?.length}`);
  }
});

Deno.test("phrasings that our writer never uses are right where a reader would say so", () => {
  for (
    const question of ["泰山在什么省？", "泰山位于何处？", "华山有多少米高？", "泰山因为什么出名？"]
  ) {
    assert.equal(reason(question), "right", question);
  }
});

Deno.test("spaces between pieces, a half-width question mark and capitals make no difference", () => {
  assert.equal(reason("泰 山 有 多 高 ?"), "right");
  const iron: PassageRecord = {
    ...taishan,
    content: "《阿Q正传》的作者是鲁迅。",
    entity: "《阿Q正传》",
    facts: [{ relation: "author", value: "鲁迅" }],
  };
  assert.equal(judgeQuestion("《阿q正传》的作者是谁？", iron).reason, "right");
});

Deno.test("each wrong question gets its own reason", () => {
  assert.equal(reason(""), "empty");
  assert.equal(reason("  "), "empty");
  assert.equal(reason("泰山有多"), "cut off");
  assert.equal(reason("泰山有多高"), "cut off");
  assert.equal(reason("泰山"), "cut off");
  assert.equal(reason("泰山坐落在山东"), "copy");
  assert.equal(reason("泰山是什么？"), "not answerable");
  assert.equal(reason("泰山的面积是多少？"), "not answerable");
  assert.equal(reason("华山因什么而闻名？"), "wrong entity"); // the passage says it of 泰山
  assert.equal(reason("恒山有多高？"), "wrong entity"); // the passage does not mention it
  assert.equal(reason("泰泰山有多高？"), "misspelled name");
  assert.equal(reason("泰山有多高？泰山有多高？"), "misspelled name");
  assert.equal(reason("泰山怎么样？"), "vague");
  assert.equal(reason("它怎么样？"), "vague");
  assert.equal(reason("它有多高？"), "vague"); // two mountains have a height
  assert.equal(reason("泰山坐落在山东吗？"), "given away");
  assert.equal(reason("泰山山东海拔因"), "malformed");
  assert.equal(reason("泰山有多高吗？"), "malformed");
  assert.equal(reason("泰山有多高？？"), "malformed");
});

Deno.test("a question about the second entity, in reverse or comparing is right where the passage answers it", () => {
  assert.equal(reason("华山有多高？"), "right");
  const { columns, which, compared } = tableOf("mountain");
  const forms = reverseForms(tableOf("mountain"));
  const altitude = columns.find(({ relation }) => relation === "altitude");
  const asked = forms.find(({ column }) => column === altitude)?.forms[0] ?? "";
  assert.ok(which !== "" && compared !== "");
  assert.equal(reason(asked.replaceAll("{v}", "1545米")), "right");
  assert.equal(reason(asked.replaceAll("{v}", "1700米")), "not answerable");
  const compares = altitude === undefined ? [] : comparisonForms(tableOf("mountain"), altitude);
  assert.ok(compares.length > 0);
  assert.equal(reason(compares[0].replace("{a}", "华山").replace("{b}", "泰山")), "right");
  const same = { ...taishan, facts: [{ relation: "province" as const, value: "陕西" }] };
  const where = forms.flatMap(({ column, forms }) => column.relation === "where" ? forms : [])[0];
  assert.equal(judgeQuestion(where.replaceAll("{v}", "陕西"), same).reason, "vague"); // both are
});

Deno.test("a name may lack its 《》 and a city its 市, and a number its 约", () => {
  const wuhu: PassageRecord = {
    ...{ content_id: "content_0", content: "芜湖市位于安徽。", entity: "芜湖市", kind: "city" },
    ...{ facts: [{ relation: "province", value: "安徽" }], absent: [] },
  };
  assert.equal(judgeQuestion("芜湖在哪个省？", wuhu).reason, "right");
  const novel: PassageRecord = {
    ...{ content_id: "content_0", content: "《家》的作者是巴金。", entity: "《家》", kind: "book" },
    ...{ facts: [{ relation: "author", value: "巴金" }], absent: [] },
  };
  assert.equal(judgeQuestion("家的作者是谁？", novel).reason, "right");
});

Deno.test("every relation has two to five phrasings to ask with, all of them accepted for it", () => {
  for (const relation of relationNames) {
    const { ask } = relations[relation];
    assert.ok(ask.length >= 2 && ask.length <= 5, `${relation}: ${ask.length}`);
    for (const phrasing of ask) {
      const asked = relationsAsked(phrasing.replace("{n}", "长江"), "长江");
      assert.ok(asked.some((found) => found.relation === relation), phrasing);
    }
  }
});

Deno.test("no two grammars name the same relation", () => {
  const grammars = [
    places,
    towns,
    structures,
    institutions,
    land,
    living,
    elements,
    sky,
    people,
    works,
    customs,
    leisure,
    sports,
  ];
  const names = grammars.flatMap(Object.keys);
  assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), []);
});

Deno.test("every pattern has one name and ends with a full-width question mark", () => {
  for (const relation of relationNames) {
    for (const pattern of relations[relation].accept) {
      assert.ok(expand(pattern).every((text) => text.split("{n}").length === 2), pattern);
      assert.match(pattern, /？$/);
      assert.doesNotMatch(pattern.replaceAll(/\([^()]*\)|\{n\}/g, ""), /[(|){}]/, pattern);
    }
  }
});

Deno.test("every reverse and comparing form has a question word", () => {
  for (const table of allTables()) {
    const forms = reverseForms(table).flatMap((entry) => entry.forms);
    const comparing = table.columns.flatMap((column) => comparisonForms(table, column));
    for (const form of [...forms, ...comparing]) {
      assert.match(form, /谁|什么|哪|何|几|多少|多长|多高|多大|多深|怎|如何|啥/, form);
    }
  }
});
