/**
 * The memory that this process may still take: that of the machine, or what the limits of its
 * control groups leave, if that is less.
 *
 * Containers, systemd and batch systems (SLURM, PBS) limit memory by Linux's control groups.
 * `/proc/self/cgroup` names the group of this process and `/proc/self/mountinfo` the place where
 * groups are mounted; both version 1 and version 2 may be in use. A limit of any group above counts
 * too, because it holds for all processes below it. The page cache is part of a group's usage but
 * is given back when memory is short, so it counts as free.
 *
 * Sources: cgroups(7) and proc(5) of the Linux manual; Documentation/admin-guide/cgroup-v2.rst and
 * cgroup-v1/memory.rst of the kernel.
 */
import { join } from "node:path";

/** Where to look, for tests. */
export interface FreeMemoryOptions {
  /** The root of the file system (default: `/`). */
  readonly root?: string;
  /** Bytes that the machine has available (default: the system's own number). */
  readonly available?: number;
}

/** The files of one version of control groups. */
interface Version {
  readonly limits: readonly string[];
  readonly usage: string;
  /** The row of `memory.stat` with the page cache that is given back first. */
  readonly cache: string;
}

const VERSION_1: Version = {
  limits: ["memory.limit_in_bytes"],
  usage: "memory.usage_in_bytes",
  cache: "total_inactive_file",
};
const VERSION_2: Version = {
  limits: ["memory.max", "memory.high"],
  usage: "memory.current",
  cache: "inactive_file",
};

/** A mounted hierarchy of control groups: which group is seen where. */
interface Mount {
  readonly version: Version;
  /** The group at the mount point. */
  readonly group: string;
  /** The mount point. */
  readonly folder: string;
}

/** The text of a file; "" if it cannot be read, as on other systems than Linux. */
function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** A path of `mountinfo`, in which a blank is `\040`. */
const unescaped = (path: string): string =>
  path.replaceAll(/\\(\d{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));

/** The mounts of hierarchies that control memory. */
function mountsIn(mountinfo: string): Mount[] {
  return mountinfo.split("\n").flatMap((line) => {
    const [place, kind = ""] = line.split(" - ");
    const [, , , group, folder] = place.split(" ");
    const [type, , options = ""] = kind.split(" ");
    const controlsMemory = type === "cgroup" && options.split(",").includes("memory");
    if (type !== "cgroup2" && !controlsMemory) return [];
    const version = type === "cgroup2" ? VERSION_2 : VERSION_1;
    return [{ version, group: unescaped(group), folder: unescaped(folder) }];
  });
}

/** The group of this process in each version: lines such as `4:cpu,memory:/job` and `0::/job`. */
function groupsIn(cgroup: string): Map<Version, string> {
  return new Map(
    cgroup.split("\n").flatMap((line): [Version, string][] => {
      const [, number, controllers, path] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
      if (number === "0") return [[VERSION_2, path]];
      return controllers?.split(",").includes("memory") ? [[VERSION_1, path]] : [];
    }),
  );
}

/**
 * The folders of a group and of all groups above it, up to the mount point. A group that is not
 * below the mounted one is seen at the mount point, as in a container without a namespace of its
 * own.
 */
function foldersOf({ group: mounted, folder }: Mount, group: string): string[] {
  const base = mounted === "/" ? "" : mounted;
  const isBelow = group === base || group.startsWith(`${base}/`);
  const names = isBelow ? group.slice(base.length).split("/").filter((name) => name !== "") : [];
  const below = names.includes("..") ? [] : names;
  return [folder, ...below.map((_, index) => join(folder, ...below.slice(0, index + 1)))];
}

/** The number in a file; undefined if the file is missing or holds "max". */
function numberIn(path: string): number | undefined {
  const text = textOf(path).trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Bytes that the limit of one group leaves; infinite without a limit. */
function leftIn(folder: string, { limits, usage, cache }: Version): number {
  const found = limits.flatMap((name) => numberIn(join(folder, name)) ?? []);
  const used = numberIn(join(folder, usage));
  if (found.length === 0 || used === undefined) return Infinity;
  const row = new RegExp(`^${cache} (\\d+)$`, "m").exec(textOf(join(folder, "memory.stat")));
  return Math.max(0, Math.min(...found) - used + Number(row?.[1] ?? 0));
}

/** Bytes that this process may still take. */
export function freeMemory(
  { root = "/", available = Deno.systemMemoryInfo().available }: FreeMemoryOptions = {},
): number {
  const groups = groupsIn(textOf(join(root, "proc/self/cgroup")));
  const left = mountsIn(textOf(join(root, "proc/self/mountinfo"))).flatMap((mount) =>
    foldersOf(mount, groups.get(mount.version) ?? "/")
      .map((folder) => leftIn(join(root, folder), mount.version))
  );
  return Math.min(available, ...left);
}
