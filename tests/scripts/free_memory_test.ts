/** The memory that control groups leave, on file systems as containers, systemd and batch systems have them. */
import { equal } from "node:assert/strict";
import { dirname, join } from "node:path";
import { freeMemory } from "../../scripts/free_memory.ts";
import { withFolder } from "../helpers/folder.ts";

const MIB = 2 ** 20;
const AVAILABLE = 64 * 1024;

/** The free memory in MiB with these files below the root. Numbers are in MiB. */
const freeWith = (files: Readonly<Record<string, string | number>>): Promise<number> =>
  withFolder(async (root) => {
    for (const [name, content] of Object.entries(files)) {
      const path = join(root, name);
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, typeof content === "number" ? `${content * MIB}\n` : content);
    }
    return freeMemory({ root, available: AVAILABLE * MIB }) / MIB;
  });

const UNIFIED = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const memoryMount = (group: string) =>
  `36 32 0:33 ${group} /sys/fs/cgroup/memory rw,nosuid shared:12 - cgroup cgroup rw,memory\n` +
  `35 32 0:32 ${group} /sys/fs/cgroup/cpu rw,nosuid shared:11 - cgroup cgroup rw,cpu,cpuacct\n`;
const stat = (name: string, mebibytes: number) =>
  `anon 1\n${name} ${mebibytes * MIB}\nactive_file 5\n`;

Deno.test("a limit of version 2 at the root of a container counts", async () => {
  const free = await freeWith({
    "proc/self/cgroup": "0::/\n",
    "proc/self/mountinfo": UNIFIED,
    "sys/fs/cgroup/memory.max": 4096,
    "sys/fs/cgroup/memory.current": 1000,
  });
  equal(free, 3096);
});

Deno.test("the limit of a group of version 2 above the process counts: systemd, SLURM", async () => {
  const job = "sys/fs/cgroup/system.slice/slurmstepd.scope/job_7";
  const files = {
    "proc/self/cgroup": "0::/system.slice/slurmstepd.scope/job_7/step_0/user/task_0\n",
    "proc/self/mountinfo": UNIFIED,
    "sys/fs/cgroup/system.slice/memory.max": "max\n",
    "sys/fs/cgroup/system.slice/memory.current": 9000,
    [`${job}/memory.max`]: 8192,
    [`${job}/memory.current`]: 192,
    [`${job}/step_0/user/task_0/memory.max`]: "max\n",
    [`${job}/step_0/user/task_0/memory.current`]: 100,
  };
  equal(await freeWith(files), 8000);
  const nearer = { ...files, [`${job}/step_0/user/task_0/memory.max`]: 612 };
  equal(await freeWith(nearer), 512);
  const soft = { ...files, [`${job}/step_0/user/task_0/memory.high`]: 356 };
  equal(await freeWith(soft), 256);
});

Deno.test("the page cache of a group counts as free, as the kernel gives it back", async () => {
  const free = await freeWith({
    "proc/self/cgroup": "0::/user.slice/run.scope\n",
    "proc/self/mountinfo": UNIFIED,
    "sys/fs/cgroup/user.slice/run.scope/memory.max": 2048,
    "sys/fs/cgroup/user.slice/run.scope/memory.current": 2000,
    "sys/fs/cgroup/user.slice/run.scope/memory.stat": stat("inactive_file", 1500),
  });
  equal(free, 1548);
});

Deno.test("a limit of version 1 counts: in a container, of a job, and above a step without one", async () => {
  const container = {
    "proc/self/cgroup": "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n",
    "proc/self/mountinfo": memoryMount("/docker/abc"),
    "sys/fs/cgroup/memory/memory.limit_in_bytes": 1024,
    "sys/fs/cgroup/memory/memory.usage_in_bytes": 624,
    "sys/fs/cgroup/memory/memory.stat": stat("total_inactive_file", 100),
  };
  equal(await freeWith(container), 500);
  const job = "sys/fs/cgroup/memory/slurm/uid_1000/job_5";
  const unlimited = "9223372036854771712\n";
  const slurm = {
    "proc/self/cgroup": "9:memory:/slurm/uid_1000/job_5/step_0\n1:name=systemd:/system.slice\n",
    "proc/self/mountinfo": memoryMount("/"),
    "sys/fs/cgroup/memory/memory.limit_in_bytes": unlimited,
    "sys/fs/cgroup/memory/memory.usage_in_bytes": 30_000,
    [`${job}/memory.limit_in_bytes`]: 2048,
    [`${job}/memory.usage_in_bytes`]: 48,
    [`${job}/step_0/memory.limit_in_bytes`]: unlimited,
    [`${job}/step_0/memory.usage_in_bytes`]: 40,
  };
  equal(await freeWith(slurm), 2000);
});

Deno.test("with both versions mounted, the one that controls memory counts", async () => {
  const free = await freeWith({
    "proc/self/cgroup": "5:memory:/job\n0::/job\n",
    "proc/self/mountinfo": memoryMount("/") + UNIFIED.replace("/sys/fs/cgroup", "/sys/fs/unified"),
    "sys/fs/cgroup/memory/job/memory.limit_in_bytes": 700,
    "sys/fs/cgroup/memory/job/memory.usage_in_bytes": 100,
    "sys/fs/unified/job/cgroup.procs": "1\n",
  });
  equal(free, 600);
});

Deno.test("a group that is not visible below the mount is looked for at the mount point", async () => {
  for (const group of ["/system.slice/docker-abc.scope", "/../../outside"]) {
    const free = await freeWith({
      "proc/self/cgroup": `0::${group}\n`,
      "proc/self/mountinfo": UNIFIED,
      "sys/fs/cgroup/memory.max": 900,
      "sys/fs/cgroup/memory.current": 100,
    });
    equal(free, 800, group);
  }
});

Deno.test("a mount point with a blank in its name is found", async () => {
  const free = await freeWith({
    "proc/self/cgroup": "0::/\n",
    "proc/self/mountinfo": UNIFIED.replace("/sys/fs/cgroup", "/my\\040groups"),
    "my groups/memory.max": 300,
    "my groups/memory.current": 100,
  });
  equal(free, 200);
});

Deno.test("without limits, and on other systems, the machine's memory counts", async () => {
  equal(await freeWith({}), AVAILABLE);
  const unlimited = {
    "proc/self/cgroup": "0::/user.slice\n",
    "proc/self/mountinfo": UNIFIED,
    "sys/fs/cgroup/user.slice/memory.max": "max\n",
    "sys/fs/cgroup/user.slice/memory.current": 100,
  };
  equal(await freeWith(unlimited), AVAILABLE);
  const large = { ...unlimited, "sys/fs/cgroup/user.slice/memory.max": 2 * AVAILABLE };
  equal(await freeWith(large), AVAILABLE);
});

Deno.test("a group whose usage is above its limit leaves nothing", async () => {
  const free = await freeWith({
    "proc/self/cgroup": "0::/a\n",
    "proc/self/mountinfo": UNIFIED,
    "sys/fs/cgroup/a/memory.high": 100,
    "sys/fs/cgroup/a/memory.current": 150,
  });
  equal(free, 0);
});
