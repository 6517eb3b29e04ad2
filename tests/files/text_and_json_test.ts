import { deepEqual, equal, rejects } from "node:assert/strict";
import { appendLine, readJsonLines, readJsonRecord, readJsonValues, readText } from "../../lib/files/mod.ts";

async function withFile(content: string | Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
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
  const lines = Array.from({ length: 5000 }, (_, i) => JSON.stringify({ content: `第${i}段`.repeat(10) }));
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
  await rejects(readText("nowhere/a.json"), { message: "Cannot read nowhere/a.json: there is no such file" });
  await rejects(Array.fromAsync(readJsonLines("nowhere/a.json")), {
    message: "Cannot read nowhere/a.json: there is no such file",
  });
  await withFile(Uint8Array.of(0x22, 0xff, 0x22), async (path) => {
    await rejects(readText(path), { message: `Cannot read ${path}: it is not UTF-8 text` });
    await rejects(Array.fromAsync(readJsonLines(path)), {
      message: `Cannot read ${path}: it is not UTF-8 text`,
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
    await appendLine(`${folder}/logs/metrics.jsonl`, "1");
    await appendLine(`${folder}/logs/metrics.jsonl`, "2");
    equal(await readText(`${folder}/logs/metrics.jsonl`), "1\n2\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
