/**
 * For `deno run --preload`: a disk that becomes full. From the first write to a path that matches
 * the variable FULL_FROM, a regular expression, every write fails as on a full disk.
 */

const from = new RegExp(Deno.env.get("FULL_FROM") ?? "(?!)");
let isFull = false;

function requireRoom(path: string | URL): void {
  isFull ||= from.test(String(path));
  if (!isFull) return;
  throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
}

const { open, writeFile, writeFileSync, copyFile } = Deno;
const onFullDisk = {
  async open(path: string | URL, options?: Deno.OpenOptions): Promise<Deno.FsFile> {
    const file = await open(path, options);
    const write = file.write.bind(file);
    file.write = async (bytes) => {
      requireRoom(path);
      return await write(bytes);
    };
    return file;
  },
  async writeFile(...[path, ...rest]: Parameters<typeof writeFile>): Promise<void> {
    requireRoom(path);
    await writeFile(path, ...rest);
  },
  writeFileSync(...[path, ...rest]: Parameters<typeof writeFileSync>): void {
    requireRoom(path);
    writeFileSync(path, ...rest);
  },
  async copyFile(from: string | URL, to: string | URL): Promise<void> {
    requireRoom(to);
    await copyFile(from, to);
  },
};
for (const [name, value] of Object.entries(onFullDisk)) Reflect.set(Deno, name, value);
