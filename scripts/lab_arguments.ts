/**
 * The arguments of JupyterLab: ours, and those that the user gives. Jupyter refuses an option that
 * is given twice under any of its names, so ours gives way.
 */
import { isAbsolute, relative, resolve } from "node:path";

/** One of our arguments, and the names under which the user may give another value. */
interface OwnArgument {
  readonly argument: string;
  readonly names: readonly string[];
}

/** What our arguments depend on. */
export interface LabPlaces {
  /** The project's folder. */
  readonly root: string;
  /** The folder that the file list shows first. */
  readonly folder: string;
  /** The folder where the user stands, from which relative paths count. */
  readonly from: string;
  /** A free port. */
  readonly port: () => number;
}

/** Arguments for which Jupyter prints something and ends. */
const PRINTS = /^(-h|--help|--help-all|--version|--show-config(-json)?|--generate-config)$/;

/** Whether Jupyter only prints something with these arguments, and starts no server. */
export const onlyPrints = (args: readonly string[]): boolean =>
  args.some((arg) => PRINTS.test(arg));

/** The names of the folder whose files are shown. */
const ROOT_NAMES = [
  ...["--notebook-dir", "--root-dir", "--ServerApp.root_dir", "--ServerApp.notebook_dir"],
  ...["--NotebookApp.notebook_dir", "--LabApp.notebook_dir", "--FileContentsManager.root_dir"],
];

/** The name of an argument: `--ip` of `--ip=0.0.0.0`, with `-` for `_` as in `--notebook_dir`. */
function nameOf(arg: string): string {
  const [name] = arg.split("=");
  return name.includes(".") ? name : name.replaceAll("_", "-");
}

const LOG_LEVELS = ["--log-level", "--debug", "--Application.log_level"];

function ownArguments({ root, folder, port }: LabPlaces): OwnArgument[] {
  const path = relative(root, resolve(folder)).replaceAll("\\", "/");
  const own = (argument: string, ...names: string[]) => ({
    argument,
    names: [nameOf(argument), ...names],
  });
  return [
    own("--ServerApp.log_level=ERROR", ...LOG_LEVELS),
    own("--LabApp.log_level=ERROR", ...LOG_LEVELS),
    own("--allow-root", "--ServerApp.allow_root"),
    own(`--ServerApp.root_dir=${root}`, ...ROOT_NAMES),
    own(`--LabApp.default_url=/lab/tree/${path}`, "--ServerApp.default_url", ...ROOT_NAMES),
    own("--ServerApp.ip=127.0.0.1", "--ip", "--LabApp.ip", "--sock", "--ServerApp.sock"),
    own(`--ServerApp.port=${port()}`, "--port", "--LabApp.port", "--sock", "--ServerApp.sock"),
    own("--KernelSpecManager.allowed_kernelspecs=deno", "--KernelSpecManager.allowlist"),
    own("--LabApp.extension_manager=readonly"), // the default one requests a list from PyPI
    // It looks for servers with npm, which writes into the home folder.
    own("--LanguageServerManager.autodetect=False"),
  ];
}

/** The user's arguments, with the folder of files as a full path. */
function withFullPaths(args: readonly string[], from: string): string[] {
  const full = (path: string) => isAbsolute(path) ? path : resolve(from, path);
  return args.map((arg, index) => {
    if (
      index > 0 && ROOT_NAMES.includes(nameOf(args[index - 1])) && !args[index - 1].includes("=")
    ) {
      return full(arg);
    }
    if (!ROOT_NAMES.includes(nameOf(arg)) || !arg.includes("=")) return arg;
    return `${arg.slice(0, arg.indexOf("="))}=${full(arg.slice(arg.indexOf("=") + 1))}`;
  });
}

/** Whether the user gives another folder than the project. */
export const hasOwnFolder = (args: readonly string[]): boolean =>
  args.some((arg) => ROOT_NAMES.includes(nameOf(arg)));

/** All arguments of JupyterLab. */
export function labArguments(args: readonly string[], places: LabPlaces): string[] {
  const given = new Set(args.map(nameOf));
  const own = ownArguments(places).filter(({ names }) => !names.some((name) => given.has(name)));
  return [...own.map(({ argument }) => argument), ...withFullPaths(args, places.from)];
}
