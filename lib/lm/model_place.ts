/**
 * Finds the model that a path refers to: the folder itself, or a model next to or inside it.
 *
 * A path may name the weights file, a run folder, a model of Hugging Face's cache or an adapter. If
 * only one model can be meant, it is taken with a note. Otherwise the error states what was found
 * and the command that helps.
 */
import {
  fileExists,
  fileName,
  hubModelFolder,
  hubSnapshot,
  isFolder,
  joinPath,
  listFolder,
  parentFolder,
  resolvePath,
  standingFolder,
} from "../files/mod.ts";
import { say, type Text } from "../text/mod.ts";
import {
  A_MODEL,
  cachedNote,
  fileNote,
  holdsOther,
  HOME,
  insteadNote,
  isKind,
  LONE_FILE,
  nameOne,
  nearby,
  notThere,
  onlyState,
  PLACES,
  resumeFirst,
  severalModels,
  withoutConfig,
} from "./model_place_errors.ts";
import { otherFile, problem, refuseOtherFolder } from "./other_models.ts";
import {
  COPY_INDEX,
  noWeights,
  otherWeights,
  severalWeights,
  tokenizerNote,
  weightsNote,
  withoutIndex,
} from "./weights_place_errors.ts";
import { HEAD_FILES, headFileOf, weightsFileOf } from "./weights.ts";

/** Where a model's files are. */
export interface ModelPlace {
  /** The folder with `config.json`, as the user wrote it where that is possible. */
  readonly folder: string;
  /** The file of weights. */
  readonly weightsFile: string;
  /** The file with the value head alone, if the folder has one. */
  readonly headFile: string | undefined;
  /** The folder with the tokenizer. */
  readonly tokenizerFolder: string;
  /** Sentences about what was taken instead of what the path names. */
  readonly notes: readonly string[];
}

const CONFIG = "config.json";

/** A folder and how it was found. */
interface Found {
  readonly folder: string;
  /** The file of weights that the path names, if it names one. */
  readonly file?: string;
  readonly notes: readonly string[];
}

const isTensorFile = (name: string): boolean =>
  /\.(safetensors|bin|pt|pth|ckpt)(\.index\.json)?$/.test(name);
/** Files that are written beside the weights. */
const isStateFile = (name: string): boolean =>
  HEAD_FILES.includes(name) ||
  /^(training_args|optimizer|scheduler|scaler|rng_state|random_states|adapter_)/.test(name);
/** One file of a model in several. */
const isShard = (name: string): boolean => /-\d+-of-\d+\./.test(name);

async function namesIn(folder: string): Promise<string[]> {
  return (await listFolder(folder)).map(({ name }) => name);
}

/** The folders in a folder, or one level deeper, that hold a model and that this user may read. */
async function modelsIn(folder: string, depth = 2): Promise<string[]> {
  const found: string[] = [];
  for (const { name, isFolder } of await listFolder(folder).catch(() => [])) {
    const path = joinPath(folder, name);
    if (!isFolder || name.startsWith(".")) continue;
    if (await fileExists(joinPath(path, CONFIG)).catch(() => false)) found.push(path);
    else if (depth > 1) found.push(...await modelsIn(path, depth - 1));
  }
  return found;
}

/** Folders by the number in their name, `checkpoint-96` before `checkpoint-480`. */
const byNumber = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

/** How many characters two names have in common from their beginning on. */
function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** The only model of several folders, or an error that lists them. */
function onlyModel(path: string, folders: readonly string[], what: Text): Found {
  const sorted = folders.toSorted(byNumber);
  const [folder] = sorted;
  if (sorted.length === 1) {
    return { folder, notes: [say(insteadNote(resolvePath(path), what, resolvePath(folder)))] };
  }
  const last = sorted[sorted.length - 1];
  const names = sorted.map((one) => one.slice(path.length).replace(/^\/+/, ""));
  throw problem(path, severalModels(what, names), nameOne(last));
}

/** A path that leads nowhere: a name on the hub, or a mistake in it. */
async function findMissing(path: string): Promise<Found> {
  const [, onHub] = /^https?:\/\/[^/]+\/([\w.-]+\/[\w.-]+)/.exec(path) ?? [];
  if (onHub !== undefined) return await findMissing(onHub);
  if (path.startsWith("~")) {
    throw problem(path, HOME.found, HOME.advice);
  }
  const isName = /^[\w.-]+(\/[\w.-]+)?$/.test(path) && !path.startsWith(".");
  const snapshot = isName ? await hubSnapshot(hubModelFolder(path)) : undefined;
  if (snapshot !== undefined) {
    return { folder: snapshot, notes: [say(cachedNote(path, snapshot))] };
  }
  let parent = parentFolder(resolvePath(path));
  while (!await isFolder(parent)) parent = parentFolder(parent);
  const wanted = fileName(path);
  const others = (await modelsIn(parent, 1)).map((one) => fileName(one))
    .toSorted((a, b) => sharedLength(b, wanted) - sharedLength(a, wanted));
  const hubName = isName && path.includes("/") ? path : undefined;
  throw problem(path, notThere(isTensorFile(path)), nearby(parent, others, hubName));
}

/** A path to a file: a model's weights, or another file of its folder. */
async function findFile(path: string): Promise<Found> {
  const folder = parentFolder(path), name = fileName(path);
  const names = await namesIn(folder);
  if (names.includes(CONFIG)) {
    const isWeights = isTensorFile(name) && !isShard(name) && !isStateFile(name);
    const notes = [say(fileNote(resolvePath(path), resolvePath(folder)))];
    return isWeights ? { folder, file: path, notes } : { folder, notes };
  }
  await refuseOtherFolder(folder, names);
  const other = otherFile([name]);
  if (other !== undefined) throw problem(path, isKind(other.kind), other.advice);
  throw problem(path, LONE_FILE.found, LONE_FILE.advice);
}

/** A folder without `config.json`. */
async function findInside(path: string): Promise<Found> {
  const snapshot = await hubSnapshot(path);
  if (snapshot !== undefined) {
    return onlyModel(path, [snapshot], PLACES.cacheFolder);
  }
  const names = await namesIn(path);
  const cached = names.filter((name) => name.startsWith("models--"));
  if (cached.length > 0) {
    const snapshots = await Promise.all(cached.map((name) => hubSnapshot(joinPath(path, name))));
    const models = snapshots.filter((one) => one !== undefined);
    if (models.length > 0) return onlyModel(path, models, PLACES.cache);
  }
  const models = await modelsIn(path);
  if (models.length > 0) {
    const isRun = models.every((one) => /^checkpoint-\d+$/.test(fileName(one)));
    return onlyModel(path, models, isRun ? PLACES.run : PLACES.folder);
  }
  await refuseOtherFolder(path, names);
  const state = names.find((name) => /^state-\d+-\d+$/.test(name));
  if (state !== undefined) {
    throw problem(path, onlyState(state), resumeFirst(resolvePath(path)));
  }
  const other = otherFile(names);
  const advice = other === undefined ? A_MODEL : holdsOther(other.kind, other.advice);
  throw problem(path, withoutConfig(names), advice);
}

const EMPTY_PATH = {
  en: "Cannot read a model: its path is empty",
  zh: "无法读取模型：路径为空",
};

async function findFolder(path: string): Promise<Found> {
  if (path.trim() === "") throw new Error(say(EMPTY_PATH));
  const standing = await standingFolder(resolvePath(path)); // errors show the full path
  if (await fileExists(joinPath(standing, CONFIG))) return { folder: standing, notes: [] };
  if (!await fileExists(standing)) return await findMissing(path);
  return await isFolder(standing) ? await findInside(standing) : await findFile(standing);
}

/** The folder's weights: under their usual names, or the only file that can hold them. */
async function findWeights(folder: string): Promise<{ file: string; notes: string[] }> {
  const usual = await weightsFileOf(folder);
  if (usual !== undefined) return { file: usual, notes: [] };
  const names = await namesIn(folder);
  const others = names.filter((name) => isTensorFile(name) && !isStateFile(name));
  if (others.length === 1 && !isShard(others[0])) {
    const file = joinPath(folder, others[0]);
    return { file, notes: [say(weightsNote(resolvePath(folder), others[0]))] };
  }
  await refuseOtherFolder(folder, names);
  const place = resolvePath(folder);
  const shards = others.filter(isShard);
  if (shards.length > 0) {
    const index = shards[0].endsWith("bin") ? "pytorch_model.bin" : "model.safetensors";
    throw problem(folder, withoutIndex(shards, index), COPY_INDEX);
  }
  if (others.length > 1) {
    throw new Error(say(severalWeights(place, others, joinPath(folder, others[0]))));
  }
  const other = otherFile(names);
  if (other !== undefined) throw new Error(say(otherWeights(place, other.kind, other.advice)));
  const nested = (await modelsIn(folder)).map((one) => resolvePath(one)).toSorted(byNumber);
  throw new Error(say(noWeights(place, nested)));
}

const hasTokenizer = async (folder: string): Promise<boolean> =>
  await fileExists(joinPath(folder, "vocab.txt")) ||
  await fileExists(joinPath(folder, "tokenizer.json"));

/** The folder of the tokenizer: the model's, or the one around it, where trainers leave it. */
async function findTokenizer(folder: string): Promise<{ folder: string; notes: string[] }> {
  const parent = parentFolder(resolvePath(folder));
  const hasOther = (await namesIn(folder)).some((name) => /^(vocab\.json|merges\.txt)$/.test(name));
  if (await hasTokenizer(folder) || hasOther || !await hasTokenizer(parent)) {
    return { folder, notes: [] };
  }
  return { folder: parent, notes: [say(tokenizerNote(resolvePath(folder), parent))] };
}

/**
 * Finds the folder with a model's `config.json`.
 *
 * @throws {Error} A sentence with the full path, what was found there, and what to do.
 */
export async function findConfigFolder(path: string): Promise<string> {
  return (await findFolder(path)).folder;
}

/**
 * Finds the files of the model that a path means.
 *
 * @throws {Error} A sentence with the full path, what was found there, and what to do.
 */
export async function findModel(path: string): Promise<ModelPlace> {
  const { folder, file, notes } = await findFolder(path);
  const weights = file === undefined ? await findWeights(folder) : { file, notes: [] };
  const tokenizer = await findTokenizer(folder);
  return {
    folder,
    weightsFile: weights.file,
    headFile: await headFileOf(folder),
    tokenizerFolder: tokenizer.folder,
    notes: [...notes, ...weights.notes, ...tokenizer.notes],
  };
}
