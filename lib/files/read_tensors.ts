/**
 * Reading tensors out of an open file: each storage is streamed once, and every tensor in it filled on the way.
 */
import { collectValues, type NewFloats } from "./decode.ts";
import {
  byteRange,
  checkView,
  count,
  isContiguous,
  span,
  type StoredTensor,
  type TensorFile,
  type TensorView,
} from "./tensor.ts";

/** The values of a view, given those of its span: row-major, whatever the strides. */
function gather<T extends StoredTensor["data"]>(
  values: T,
  { shape, strides }: TensorView,
  target: T,
): T {
  const index = shape.map(() => 0);
  for (let place = 0, from = 0; place < target.length; place++) {
    target[place] = values[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) { // the next index, last axis first
      const step = strides[axis] ?? 0, size = shape[axis] ?? 1;
      index[axis] = (index[axis] ?? 0) + 1;
      from += step;
      if (index[axis] < size) break;
      index[axis] = 0;
      from -= size * step;
    }
  }
  return target;
}

function arranged(values: StoredTensor["data"], view: TensorView): StoredTensor["data"] {
  if (isContiguous(view)) return values;
  const length = count(view.shape);
  return values instanceof Float32Array
    ? gather(values, view, new Float32Array(length))
    : gather(values, view, new Int32Array(length));
}

/** Takes a storage's bytes, keeps a view's own. */
function collectView(key: string, view: TensorView, newFloats: NewFloats | undefined) {
  const format = checkView(key, view);
  const { begin, end } = byteRange(view);
  const collector = collectValues(format, span(view), newFloats);
  return {
    put(chunk: Uint8Array, at: number): void {
      const from = Math.max(begin, at), to = Math.min(end, at + chunk.length);
      if (from < to) collector.put(chunk.subarray(from - at, to - at));
    },
    result(): StoredTensor {
      collector.finish();
      return { shape: [...view.shape], data: arranged(collector.data, view) };
    },
  };
}

/** Which tensors lie in which storage, both in the order of `keys`. */
function byStorage(file: TensorFile, keys: Iterable<string>): Map<string, [string, TensorView][]> {
  const groups = new Map<string, [string, TensorView][]>();
  for (const key of keys) {
    const view = file.views.get(key);
    if (view === undefined) {
      throw new RangeError(`Cannot read "${key}" of ${file.path}: it is not there`);
    }
    const group = groups.get(view.storage);
    if (group === undefined) groups.set(view.storage, [[key, view]]);
    else group.push([key, view]);
  }
  return groups;
}

/**
 * The tensors of these keys, one after the other (those of a shared storage together).
 *
 * Memory: the tensors that were given out and are kept, those of the storage being read, and a megabyte or so; a tensor that does
 * not lie in row-major order twice while it is put in order.
 *
 * @param options.newFloats makes the memory that floats are read into
 * @throws {Error} A sentence that names file and key.
 */
export async function* readTensors(
  file: TensorFile,
  keys: Iterable<string> = file.views.keys(),
  { newFloats }: { newFloats?: NewFloats } = {},
): AsyncGenerator<[key: string, tensor: StoredTensor]> {
  for (const [storage, wanted] of byStorage(file, keys)) {
    const collectors = new Map(
      wanted.map(([key, view]) => [key, collectView(key, view, newFloats)]),
    );
    let at = 0;
    await file.stream(storage, (chunk) => {
      for (const collector of collectors.values()) collector.put(chunk, at);
      at += chunk.length;
    });
    const [, first] = wanted[0] ?? [];
    if (first !== undefined && at !== first.storageBytes) {
      throw new RangeError(
        `Cannot read ${first.path}: a storage of ${first.storageBytes} bytes gave ${at}`,
      );
    }
    for (const [key, collector] of collectors) {
      collectors.delete(key);
      yield [key, collector.result()];
    }
  }
}
