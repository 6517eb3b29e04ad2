/**
 * The rooms of `lib` and the arrows between them: a later room may import an earlier one, never the
 * other way.
 *
 * The graph of imports is Deno's own (`deno info --json`), types included.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ORDER = [
  "tensor",
  "autodiff",
  "onnx",
  "runtime",
  "nn",
  "optim",
  "random",
  "rl",
  "control",
  "lm",
  "decode",
  "learn",
  "settings",
  "passages",
  "memory",
  "stages",
  "ppo",
  "agent",
  "export",
  "sliders",
  "course",
  "exercises",
];
/** Rooms that import none of `ORDER`. */
const APART = [
  "files",
  "doctor",
  "text",
  "display",
  "plots",
  "corpus",
  "world",
  "notebook",
  "widgets",
  "quizzes",
];
/** What a room may import besides the earlier ones of `ORDER`. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  runtime: ["text"],
  learn: ["text"],
  files: ["text"],
  lm: ["files", "text"],
  settings: ["files", "text"],
  doctor: ["text"],
  passages: ["files", "corpus", "text"],
  world: ["corpus"],
  memory: ["files", "text"],
  stages: ["files", "text"],
  ppo: ["files", "text"],
  export: ["files"],
  plots: ["text", "display"],
  notebook: ["text", "display"],
  widgets: ["text", "display"],
  quizzes: ["text", "widgets"],
  sliders: ["text", "widgets"],
  exercises: ["text", "widgets", "display"],
  course: APART, // puts everything together for the chapters
};
/** Rooms that may import less than what comes before them. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  random: [],
  rl: ["tensor", "random"],
  control: ["tensor", "nn", "random", "rl"], // runs inside a web page too
  agent: ["tensor", "autodiff", "runtime", "nn", "optim", "random", "rl", "control", "settings"],
  sliders: ["tensor", "autodiff", "random", "rl", "control", "lm"], // they run inside a web page
};
/**
 * Packages, and the room that knows each; protobuf is an encoding, and two kinds of files are
 * written in it.
 */
const OWNERS: Readonly<Record<string, string | readonly string[]>> = {
  "onnxruntime-node": "runtime",
  "onnx-buf": "onnx",
  "@bufbuild/protobuf": ["onnx", "files"],
  "@aws-crypto/crc32c": "files",
  "@huggingface/tokenizers": "lm",
  "@zip.js/zip.js": "files",
  "plotly.js-dist": "plots",
  "happy-dom": "plots",
  "d3-scale": "widgets",
  "d3-shape": "widgets",
  "esbuild": "widgets",
  "jsonc-parser": "files",
  "leven": ["control", "settings"],
  "papaparse": "passages",
};
/**
 * Rooms that may use Deno's file system; `course` reads the process's own memory use from /proc.
 */
const TOUCH_FILES = ["files", "notebook", "course"];

const LIB = new URL("../lib/", import.meta.url);
const mayImport = (room: string): readonly string[] => [
  ...ONLY[room] ?? ORDER.slice(0, Math.max(0, ORDER.indexOf(room))),
  ...ALSO[room] ?? [],
];

/** Every TypeScript file below a folder. */
async function sources(folder: URL): Promise<URL[]> {
  const found: URL[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await sources(new URL(`${name}/`, folder)));
    else if (name.endsWith(".ts")) found.push(new URL(name, folder));
  }
  return found;
}

interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** What `deno info --json` says of a module: the part that is used here. */
interface ModuleInfo {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier: string };
    readonly type?: { readonly specifier: string };
  }[];
}

/** All imports of all files of `lib`, those of types too. */
async function importsOf(files: readonly URL[]): Promise<Arrow[]> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(entry, files.map(({ href }) => `import "${href}";\n`).join(""));
    const config = fileURLToPath(new URL("../deno.json", import.meta.url));
    const command = new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", config, entry],
    });
    const { modules }: { modules: ModuleInfo[] } = JSON.parse(
      new TextDecoder().decode((await command.output()).stdout),
    );
    return modules.filter(({ specifier }) => specifier.startsWith(LIB.href)).flatMap(arrowsOf);
  } finally {
    await Deno.remove(entry);
  }
}

const arrowsOf = ({ specifier, dependencies = [] }: ModuleInfo): Arrow[] =>
  dependencies.flatMap(({ code, type }) =>
    [code, type].flatMap((target) =>
      target === undefined ? [] : [{ from: specifier, to: target.specifier }]
    )
  );

/** `lib/rl/gae.ts` -> "rl"; "" for a file directly in `lib`, and for what is not in it. */
const roomOf = (url: string): string =>
  url.startsWith(LIB.href) ? url.slice(LIB.href.length).split("/").slice(0, -1)[0] ?? "" : "";
const shown = (url: string): string => url.replace(LIB.href, "lib/");

const files = await sources(LIB);
const arrows = await importsOf(files);
const across = arrows.filter(({ from, to }) =>
  to.startsWith(LIB.href) && roomOf(from) !== roomOf(to)
);

Deno.test("every file of lib is in a room, and its imports were found", () => {
  const rooms = new Set(files.map(({ href }) => roomOf(href)));
  assert.deepEqual([...rooms].filter((room) => ![...ORDER, ...APART].includes(room)), []);
  for (const room of ["autodiff", "nn", "rl", "lm", "learn"]) {
    assert.ok(
      across.some(({ from, to }) => roomOf(from) === room && roomOf(to) === "tensor"),
      room,
    );
  }
  const types = arrows.filter(({ from, to }) =>
    from.endsWith("/ppo/sample.ts") && roomOf(to) === "lm"
  );
  assert.ok(types.length > 0, "an import of types alone is seen"); // which that file has alone
});

Deno.test("arrows between rooms run one way", () => {
  const wrong = across.filter(({ from, to }) => !mayImport(roomOf(from)).includes(roomOf(to)));
  assert.deepEqual(wrong.map(({ from, to }) => `${shown(from)} imports ${shown(to)}`), []);
});

Deno.test("across rooms only mod.ts is imported", () => {
  const wrong = across.filter(({ to }) => to !== `${LIB.href}${roomOf(to)}/mod.ts`);
  assert.deepEqual(wrong.map(({ from, to }) => `${shown(from)} imports ${shown(to)}`), []);
});

/**
 * The arrows that lie on a circle or between two: what is left when files that import nothing, or
 * that nothing imports, are taken away.
 */
function circles(all: readonly Arrow[]): readonly Arrow[] {
  const importers = new Set(all.map(({ from }) => from));
  const imported = new Set(all.map(({ to }) => to));
  const left = all.filter(({ from, to }) => imported.has(from) && importers.has(to));
  return left.length === all.length ? left : circles(left);
}

Deno.test("no file imports in a circle", () => {
  const inside = arrows.filter(({ from, to }) => from !== to && to.startsWith(LIB.href));
  const wrong = circles(inside);
  assert.deepEqual(wrong.map(({ from, to }) => `${shown(from)} imports ${shown(to)}`), []);
  const circle = [{ from: "a", to: "b" }, { from: "b", to: "c" }, { from: "c", to: "b" }];
  assert.deepEqual(circles(circle), circle.slice(1));
});

Deno.test("nothing in lib imports tests, scripts or data", () => {
  const wrong = arrows.filter(({ to }) => to.startsWith("file:") && !to.startsWith(LIB.href))
    .filter(({ to }) => !to.includes("/node_modules/"));
  assert.deepEqual(wrong.map(({ from, to }) => `${shown(from)} imports ${to}`), []);
});

Deno.test("each package is known to one room", () => {
  const packaged = arrows.flatMap(({ from, to }) => {
    const [, name] = /^npm:\/?((?:@[^/]+\/)?[^@/]+)/.exec(to) ?? [];
    return name === undefined ? [] : [{ from, name: name.replace("@types/", "") }];
  });
  assert.ok(packaged.some(({ name }) => name === "onnxruntime-node"));
  const wrong = packaged.filter(({ from, name }) => ![OWNERS[name]].flat().includes(roomOf(from)));
  assert.deepEqual(wrong.map(({ from, name }) => `${shown(from)} imports ${name}`), []);
});

const FILE_SYSTEM =
  /\bDeno\.(?:read|write|open|create|remove|mkdir|rename|copy|stat|lstat|make|truncate|link|symlink|realPath|chmod|chown|watchFs|utime)|["']node:fs/;

/** A source without its comments. */
const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

Deno.test("only the rooms that are meant to touch the file system", async () => {
  const touching: string[] = [];
  for (const { href } of files) {
    const source = withoutComments(await Deno.readTextFile(new URL(href)));
    if (FILE_SYSTEM.test(source) && !TOUCH_FILES.includes(roomOf(href))) touching.push(shown(href));
  }
  assert.deepEqual(touching, []);
});
