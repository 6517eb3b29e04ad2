/**
 * The size of a GPU's memory, from Vulkan's loader, through Deno's foreign functions (Vulkan
 * specification, chapters "Devices and Queues" and "Memory Allocation"). It is unknown where there
 * is no Vulkan (macOS) or foreign functions are not allowed.
 */

const LIBRARIES: Partial<Record<typeof Deno.build.os, string>> = {
  linux: "libvulkan.so.1",
  windows: "vulkan-1.dll",
};

const symbols = {
  vkCreateInstance: { parameters: ["buffer", "pointer", "buffer"], result: "i32" },
  vkDestroyInstance: { parameters: ["pointer", "pointer"], result: "void" },
  vkEnumeratePhysicalDevices: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
  vkGetPhysicalDeviceProperties: { parameters: ["pointer", "buffer"], result: "void" },
  vkGetPhysicalDeviceMemoryProperties: { parameters: ["pointer", "buffer"], result: "void" },
} as const;

type Vulkan = Deno.DynamicLibrary<typeof symbols>["symbols"];

/**
 * VkStructureType of VkInstanceCreateInfo, its size, and more room than the two structures of
 * properties need.
 */
const INSTANCE_CREATE_INFO = 1, CREATE_INFO_BYTES = 64, PROPERTIES_BYTES = 2048;
/** The largest number of GPUs that are examined. */
const MOST_DEVICES = 16;
/** VkPhysicalDeviceProperties: offsets of the numbers of vendor and device. */
const VENDOR_AT = 8, DEVICE_AT = 12;
/**
 * VkPhysicalDeviceMemoryProperties: offsets of the number of heaps and the first heap; a heap's
 * bytes, its flags, "local to the device".
 */
const HEAPS_AT = 260, FIRST_HEAP_AT = 264, HEAP_BYTES = 16, FLAGS_AT = 8, DEVICE_LOCAL = 1;

/** PCI numbers of a GPU. */
type Numbers = Readonly<Record<"vendor" | "device", number>>;

/** Bytes of the memory of the GPU with these numbers; undefined where they are unknown. */
export function gpuMemory(wanted: Numbers): number | undefined {
  const name = LIBRARIES[Deno.build.os];
  if (name === undefined) return undefined;
  try {
    const library = Deno.dlopen(name, symbols);
    const memory = memoryOf(library.symbols, wanted);
    library.close();
    return memory;
  } catch {
    return undefined; // no Vulkan, or foreign functions are not allowed
  }
}

function memoryOf(vulkan: Vulkan, wanted: Numbers): number | undefined {
  const info = new Uint8Array(CREATE_INFO_BYTES);
  new DataView(info.buffer).setInt32(0, INSTANCE_CREATE_INFO, true);
  const place = new BigUint64Array(1);
  if (vulkan.vkCreateInstance(info, null, place) !== 0) return undefined;
  const instance = Deno.UnsafePointer.create(place[0]);
  try {
    const device = devicesOf(vulkan, instance).find((device) => isWanted(vulkan, device, wanted));
    return device === undefined ? undefined : localMemory(vulkan, device);
  } finally {
    vulkan.vkDestroyInstance(instance, null);
  }
}

function devicesOf(vulkan: Vulkan, instance: Deno.PointerValue): Deno.PointerValue[] {
  const count = Uint32Array.of(MOST_DEVICES), places = new BigUint64Array(MOST_DEVICES);
  vulkan.vkEnumeratePhysicalDevices(instance, count, places);
  return Array.from(places.subarray(0, count[0]), (place) => Deno.UnsafePointer.create(place));
}

function isWanted(vulkan: Vulkan, gpu: Deno.PointerValue, { vendor, device }: Numbers): boolean {
  const properties = new DataView(new ArrayBuffer(PROPERTIES_BYTES));
  vulkan.vkGetPhysicalDeviceProperties(gpu, properties);
  return properties.getUint32(VENDOR_AT, true) === vendor &&
    properties.getUint32(DEVICE_AT, true) === device;
}

/** Bytes of the largest heap in the GPU's own memory. */
function localMemory(vulkan: Vulkan, device: Deno.PointerValue): number | undefined {
  const properties = new DataView(new ArrayBuffer(PROPERTIES_BYTES));
  vulkan.vkGetPhysicalDeviceMemoryProperties(device, properties);
  const heaps = Array.from({ length: properties.getUint32(HEAPS_AT, true) }, (_, index) => {
    const at = FIRST_HEAP_AT + HEAP_BYTES * index;
    const isLocal = (properties.getUint32(at + FLAGS_AT, true) & DEVICE_LOCAL) !== 0;
    return isLocal ? Number(properties.getBigUint64(at, true)) : 0;
  });
  return Math.max(0, ...heaps) || undefined;
}
