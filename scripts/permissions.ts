/**
 * Commands that need ONNX Runtime, a native library, for only a part of what they do.
 *
 * Native code is not bound by Deno's permissions, and neither are programs that a command starts,
 * so such a command begins with `-A`. Once it knows that it needs neither, it drops the permission
 * to use them. Nothing in the process can take it back, except a user whom Deno asks.
 */

/** What files, variables and facts about the system do not need. */
const DROPPED = ["ffi", "run", "net", "import"] as const;

/**
 * Drops all permissions of this process except those to read and write files, to read variables,
 * and to ask for facts about the system such as the free space of a disk.
 */
export function keepFilePermissions(): void {
  for (const name of DROPPED) Deno.permissions.revokeSync({ name });
}
