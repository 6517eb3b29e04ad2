/** The arguments of JupyterLab: those of the user replace ours, under every name. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { hasOwnFolder, labArguments, onlyPrints } from "../../scripts/lab_arguments.ts";

const places = { root: "/course", folder: "/course/notebooks", from: "/home/me", port: () => 8890 };
const argumentsWith = (...args: string[]) => labArguments(args, places);
const own = argumentsWith();

/** The arguments of ours that a user's argument replaces. */
const replaced = (...args: string[]) => own.filter((one) => !argumentsWith(...args).includes(one));

Deno.test("without arguments the course is shown on this machine alone, at a free port", () => {
  for (
    const argument of [
      "--ServerApp.root_dir=/course",
      "--LabApp.default_url=/lab/tree/notebooks",
      "--ServerApp.ip=127.0.0.1",
      "--ServerApp.port=8890",
    ]
  ) ok(own.includes(argument), argument);
  const names = own.map((argument) => argument.split("=")[0]);
  equal(new Set(names).size, names.length);
});

const FOLDER = ["--ServerApp.root_dir=/course", "--LabApp.default_url=/lab/tree/notebooks"];
const LOGS = ["--ServerApp.log_level=ERROR", "--LabApp.log_level=ERROR"];

/** The user's arguments, and ours that they replace. */
const CASES: [string[], string[]][] = [
  [["--ip=0.0.0.0"], ["--ServerApp.ip=127.0.0.1"]],
  [["--ip", "0.0.0.0"], ["--ServerApp.ip=127.0.0.1"]],
  [["--ServerApp.ip=::"], ["--ServerApp.ip=127.0.0.1"]],
  [["--port=9000"], ["--ServerApp.port=8890"]],
  [["--ServerApp.port", "9000"], ["--ServerApp.port=8890"]],
  [["--notebook-dir=/data"], FOLDER],
  [["--notebook_dir=/data"], FOLDER],
  [["--ServerApp.root_dir=/data"], FOLDER],
  [["--LabApp.default_url=/lab"], [FOLDER[1]]],
  [["--debug"], LOGS],
  [["--log-level=INFO"], LOGS],
  [["--allow-root"], []],
  [["--ServerApp.allow_root=True"], ["--allow-root"]],
  [["--sock=/tmp/lab.sock"], ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=8890"]],
  [["--ServerApp.token=abc", "--certfile=a.pem", "--no-browser", "--port-retries=0"], []],
];

for (const [args, wanted] of CASES) {
  Deno.test(`lab ${args.join(" ")} replaces ${wanted.join(" and ") || "nothing"}`, () => {
    deepEqual(replaced(...args), wanted);
    const all = argumentsWith(...args);
    deepEqual(all.slice(-args.length), args);
    equal(new Set(all).size, all.length);
  });
}

Deno.test("a relative folder counts from where the user stands", () => {
  deepEqual(argumentsWith("--notebook-dir=work").at(-1), "--notebook-dir=/home/me/work");
  deepEqual(argumentsWith("--notebook-dir", "../you").slice(-2), ["--notebook-dir", "/home/you"]);
  deepEqual(argumentsWith("--certfile", "work").at(-1), "work");
  deepEqual([hasOwnFolder(["--notebook-dir=work"]), hasOwnFolder(["--ip=work"])], [true, false]);
});

Deno.test("arguments with which Jupyter prints and ends are known", () => {
  deepEqual(["--version", "--help", "-h", "--generate-config"].map((arg) => onlyPrints([arg])), [
    ...Array(4).fill(true),
  ]);
  equal(onlyPrints(["--ip=0.0.0.0", "--no-browser"]), false);
});
