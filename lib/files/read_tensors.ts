/**
 * Reading tensors out of an open file: each storage is streamed once, and every tensor in it
 * filled on the way.
 */
import { wrongBytes } from "./cannot_read.ts";
import { collectValues, type NewFloats } from "./decode.ts";
import { byteRange, checkView, count, isContiguous, span } from "./tensor.ts";
import type { StoredTensor, TensorFile, TensorView } from "./tensor.ts";

/** The values of a view in row-major order, given those of its span. */
function arranged(values: StoredTensor["data"], view: TensorView): StoredTensor["data"] {
  if (isContiguous(view)) return values;
  const { shape, strides } = view;
  const length = count(shape);
  const target = values instanceof Float32Array ? new Float32Array(length) : new Int32Array(length);
  const index = shape.map(() => 0);
  for (let place = 0, from = 0; place < length; place++) {
    target[place] = values[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) { // the next index, last axis first
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
      from -= shape[axis] * strides[axis];
    }
  }
  return target;
}

/** Takes a storage's bytes and keeps those of a view. */
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

/** The wanted tensors of each storage, both in the order of `keys`. */
function byStorage(file: TensorFile, keys: Iterable<string>) {
  const wanted = Array.from(keys, (key) => {
    const view = file.views.get(key);
    if (view === undefined) {
      throw new RangeError(`Cannot read "${key}" of ${file.path}: the file does not have it`);
    }
    return { key, view };
  });
  return Map.groupBy(wanted, ({ view }) => view.storage);
}

/**
 * Reads the tensors of these keys, one after the other (those of a shared storage together).
 *
 * Memory: the tensors that were yielded and are kept, those of the storage that is being read, and
 * about a megabyte. A tensor that is not in row-major order is in memory twice while it is
 * rearranged.
 *
 * @param options.newFloats allocates the memory that floats are read into
 * @throws {Error} if the file is damaged. The message names the file and the key.
 */
export async function* readTensors(
  file: TensorFile,
  keys: Iterable<string> = file.views.keys(),
  { newFloats }: { newFloats?: NewFloats } = {},
): AsyncGenerator<[key: string, tensor: StoredTensor]> {
  for (const [storage, wanted] of byStorage(file, keys)) {
    const collectors = new Map(
      wanted.map(({ key, view }) => [key, collectView(key, view, newFloats)]),
    );
    let at = 0;
    await file.stream(storage, (chunk) => {
      for (const collector of collectors.values()) collector.put(chunk, at);
      at += chunk.length;
    });
    const { path, storageBytes } = wanted[0].view;
    if (at !== storageBytes) {
      throw new RangeError(wrongBytes(path, `a storage of ${storageBytes} bytes gave ${at}`));
    }
    for (const [key, collector] of collectors) {
      collectors.delete(key);
      yield [key, collector.result()];
    }
  }
}
