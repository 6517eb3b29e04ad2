import { resolve } from "node:path";
import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import {
  appendTo,
  foreignFormat,
  linesOf,
  readJsonLines,
  readJsonRecord,
  readJsonSource,
  readJsonValues,
  readLines,
  readText,
  syntaxFault,
} from "../../lib/files/mod.ts";

async function withFile(
  content: string | Uint8Array,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeFile(
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("JSON lines are read with a byte order mark, CRLF, blank lines and no last line end", async () => {
  await withFile('\ufeff{"content": "甲"}\r\n\r\n{"content": "乙", "n": 2}', async (path) => {
    const rows = await Array.fromAsync(readJsonLines(path, { strings: ["content"], required: [] }));
    deepEqual(rows, [{ content: "甲" }, { content: "乙", n: 2 }]);
    deepEqual((await Array.fromAsync(readJsonValues(path))).map(({ line }) => line), [1, 3]);
  });
});

Deno.test("long files are read across the borders of chunks", async () => {
  const lines = Array.from(
    { length: 5000 },
    (_, i) => JSON.stringify({ content: `第${i}段`.repeat(10) }),
  );
  await withFile(lines.join("\n") + "\n", async (path) => {
    const rows = await Array.fromAsync(readJsonLines(path, { strings: ["content"] }));
    deepEqual(rows.map((row) => JSON.stringify(row)), lines);
  });
});

Deno.test("a line that is not JSON is named by file and line", async () => {
  await withFile('{"content": "甲"}\nnot json\n', async (path) => {
    await rejects(Array.fromAsync(readJsonLines(path)), {
      message: `Cannot read ${path}, line 2: it is not JSON (it begins with "not json")`,
    });
  });
});

Deno.test("a line without a wanted key, or with another kind of value, is named", async () => {
  await withFile('{"query": "甲", "n": 1}', async (path) => {
    await rejects(Array.fromAsync(readJsonLines(path, { required: ["content"] })), {
      name: "TypeError",
      message: `Cannot read ${path}, line 1: it has no "content" (its keys: "query", "n")`,
    });
    await rejects(Array.fromAsync(readJsonLines(path, { strings: ["n"] })), {
      message: `Cannot read ${path}, line 1: "n" is the number 1, and text is expected`,
    });
  });
  await withFile("[1]", async (path) => {
    await rejects(Array.fromAsync(readJsonLines(path)), {
      message: `Cannot read ${path}, line 1: it is a list, and an object is expected`,
    });
  });
});

Deno.test("a file that is not there, is no UTF-8 or is no JSON object is named", async () => {
  await rejects(readText("nowhere/a.json"), {
    message: `Cannot read ${resolve("nowhere/a.json")}: there is no such file`,
  });
  await rejects(Array.fromAsync(readJsonLines("nowhere/a.json")), {
    message: `Cannot read ${resolve("nowhere/a.json")}: there is no such file`,
  });
  await withFile(Uint8Array.of(0x22, 0xff, 0x22), async (path) => {
    await rejects(readText(path), { message: `Cannot read ${path}, line 1: it is not UTF-8 text` });
    await rejects(Array.fromAsync(readJsonLines(path)), {
      message: `Cannot read ${path}, line 1: it is not UTF-8 text`,
    });
  });
  await withFile("", async (path) => {
    await rejects(readJsonRecord(path), {
      message: `Cannot read ${path}: it is not JSON (it begins with nothing)`,
    });
  });
  await withFile("[]", async (path) => {
    await rejects(readJsonRecord(path), {
      message: `Cannot read ${path}: it is a list, and an object is expected`,
    });
  });
});

/** Two good lines and one with a byte that no UTF-8 text has (GBK's 甲 is BC D7). */
const brokenThird = Uint8Array.of(...new TextEncoder().encode("甲\n\r\n"), 0xbc, 0xd7, 0x0a, 0x31);

Deno.test("the line that is not UTF-8 is named, and the lines before it are read", async () => {
  await withFile(brokenThird, async (path) => {
    const message = `Cannot read ${path}, line 3: it is not UTF-8 text`;
    await rejects(readText(path), { name: "TypeError", message });
    const read: string[] = [];
    await rejects(async () => {
      for await (const { text } of readLines(path)) read.push(text);
    }, { name: "TypeError", message });
    deepEqual(read, ["甲", ""]);
  });
});

Deno.test("a folder in the place of a file is named", async () => {
  const message = `Cannot read ${resolve("lib")}: it is a folder, and a file is expected`;
  await rejects(readText("lib"), { message });
  await rejects(Array.fromAsync(readLines("lib")), { message });
});

Deno.test("a line of 10 MB is read at once with its neighbours", async () => {
  const long = "山".repeat(10_000_000 / 3);
  await withFile(
    `{"content": "甲"}\n{"content": "${long}"}\r\n{"content": "乙"}\n`,
    async (path) => {
      const start = performance.now();
      const rows = await Array.fromAsync(readJsonLines(path, { strings: ["content"] }));
      deepEqual(rows.map(({ content }) => content.length), [1, long.length, 1]);
      ok(performance.now() - start < 5000, "no longer than a line should take"); // 0.1 s where this was written
    },
  );
});

Deno.test("a character that lies across two chunks is whole", async () => {
  const bytes = new TextEncoder().encode("山水\n木");
  const single = ReadableStream.from([...bytes].map((byte) => Uint8Array.of(byte)));
  deepEqual(await Array.fromAsync(linesOf(single, { name: "bytes" })), [
    { line: 1, text: "山水" },
    { line: 2, text: "木" },
  ]);
});

/** The error for a file that holds `text` read as JSON, with FILE for its path. */
async function jsonError(text: string): Promise<string> {
  let message = "nothing was refused";
  await withFile(text, async (path) => {
    await readJsonSource(path).catch((error: Error) =>
      message = error.message.replace(path, "FILE")
    );
  });
  return message;
}

Deno.test("JSON that goes wrong is named with line, column, kind and the text around", async () => {
  equal(
    await jsonError('{\n"data": [\n{"a": 1}\n{"b": 2}]}'),
    'Cannot read FILE, line 4, column 1: it is not JSON: a comma is missing (here: {\\n"data": [\\n{"a": 1}\\n>>>{"b": 2}]})',
  );
  equal(
    await jsonError('{\n"data": [\n'),
    'Cannot read FILE, line 2, column 10: it is not JSON: it breaks off (here: {\\n"data": [>>>)',
  );
  equal(
    await jsonError("nothing\n"),
    'Cannot read FILE: it is not JSON (it begins with "nothing")',
  );
  equal(
    await jsonError("<html>\n"),
    "Cannot read FILE: it is an HTML page, probably a web server's answer saved in its place",
  );
  equal(
    await jsonError('{"a": 1,\n// said in passing\n"b": 2}'),
    'Cannot read FILE, line 2, column 1: it is not JSON: a comment (here: {"a": 1,\\n>>>// said in passing\\n"b": ...)',
  );
});

/** Broken JSON, the column of the fault, and its kind. */
const BROKEN: readonly (readonly [string, number, string])[] = [
  ['{"a": "C:\\data"}', 10, "\\d is no valid escape; write \\\\ for a backslash"],
  ['{"a": "\\u12G4"}', 8, "\\u needs four hexadecimal digits"],
  ['{"a": "x\ty"}', 9, "a raw tab inside a text; write \\t"],
  ['{"a": "x\u0001"}', 9, "a raw control character inside a text; write \\u0001"],
  ['{"a": "他说"好"了"}', 11, 'a double quote inside a text; write \\"'],
  ['{"a": "第"12"章"}', 10, 'a double quote inside a text; write \\"'],
  ['{"a": 1},', 9, "a comma after the value"],
  ['{"a": 1,}', 8, "a comma before a closing bracket"],
  ['["a", ]', 5, "a comma before a closing bracket"],
  ['{"a": 1}{"a": 2}', 9, "more text after the value"],
  ["{'a': 1}", 2, "a single quote; JSON has double quotes"],
  ["{“a”: 1}", 2, "a typographic quote; JSON has straight double quotes"],
  ["{a: 1}", 2, "the key a has no double quotes"],
  ['{"a": None}', 7, "None is no JSON value"],
  ['{"a": , "b": 1}', 7, "a value is missing"],
  ['{"a" 1}', 6, "a colon is missing"],
  ['{"a": 1]', 8, "] does not match the opening bracket"],
  ['{"a": "x', 9, "it breaks off inside a text"],
  ['{"a": 1', 8, "it breaks off"],
];

Deno.test("each kind of syntax error of texts that JSON.parse rejects is named with its column", () => {
  for (const [text, column, kind] of BROKEN) {
    throws(() => JSON.parse(text), SyntaxError, text);
    const fault = syntaxFault(text);
    deepEqual([fault.line, fault.column, fault.kind], [1, column, kind], text);
    const after = text.slice(column - 1, column).replaceAll("\t", "\\t").replaceAll(
      "\u0001",
      "\\u0001",
    );
    ok(fault.around.includes(`>>>${after}`), fault.around);
  }
  equal(syntaxFault("[".repeat(100_000)).kind, "its brackets are nested too deeply");
});

Deno.test("a file that is no UTF-8 text is recognised by its bytes", async () => {
  const gbk = Uint8Array.of(0xbc, 0xd7, 0xd2, 0xd2); // 甲乙
  const damaged = Uint8Array.of(...new TextEncoder().encode("甲乙丙"), 0xbc, 0xd7);
  const cases: [Uint8Array, RegExp | undefined][] = [
    [gbk, /^probably GBK text; .*iconv/],
    [damaged, undefined],
    [Uint8Array.of(0xff, 0xfe, 0x32, 0x75), /^UTF-16 text/],
    [Uint8Array.of(0x1f, 0x8b, 8, 0), /^a gzip file/],
    [new TextEncoder().encode("PAR1\u0015"), /^a Parquet file/],
    [new TextEncoder().encode("PK\u0003\u0004"), /Excel workbook/],
  ];
  for (const [bytes, wanted] of cases) {
    await withFile(bytes, async (path) => {
      const found = await foreignFormat(path);
      if (wanted === undefined) equal(found, undefined);
      else match(found ?? "", wanted);
    });
  }
});

Deno.test("a part of a JSON file is named with its line", async () => {
  await withFile('\ufeff{"data": [\r\n {"a": 1},\r\n {"a": [\r\n  5]}]}', async (path) => {
    const { value, where } = await readJsonSource(path);
    deepEqual(value, { data: [{ a: 1 }, { a: [5] }] });
    equal(where(["data", 1]), `${path}, line 3: data[1]`);
    equal(where(["data", 1, "a", 0]), `${path}, line 4: data[1].a[0]`);
    equal(where([]), `${path}: the file`);
  });
});

Deno.test("a reader that stops early closes the file", async () => {
  await withFile("1\n2\n3\n", async (path) => {
    for await (const { value } of readJsonValues(path)) {
      equal(value, 1);
      break; // Deno's leak check would fail this test
    }
  });
});

Deno.test("lines are appended one after the other", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await appendTo(`${folder}/logs/metrics.jsonl`, "1\n");
    await appendTo(`${folder}/logs/metrics.jsonl`, "2\n");
    equal(await readText(`${folder}/logs/metrics.jsonl`), "1\n2\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
