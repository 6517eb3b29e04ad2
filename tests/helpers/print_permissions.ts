/** For `deno run --preload`: at the end of a process, prints on standard error what it may do. */

const QUESTIONS: readonly Deno.PermissionDescriptor[] = [
  { name: "read" },
  { name: "write" },
  { name: "env" },
  { name: "sys", kind: "statfs" },
  { name: "net" },
  { name: "run" },
  { name: "ffi" },
  { name: "import" },
];

globalThis.addEventListener("unload", () => {
  const granted = QUESTIONS.filter((question) =>
    Deno.permissions.querySync(question).state === "granted"
  );
  console.error(`may: ${granted.map(({ name }) => name).join(" ")}`);
});
