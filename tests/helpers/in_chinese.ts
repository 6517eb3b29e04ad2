/** Runs a part of a test in Chinese; tests are in English otherwise. */
import { speak } from "../../lib/text/mod.ts";

/** The value of `read`, which sees a process that speaks Chinese. */
export async function inChinese<T>(read: () => T | Promise<T>): Promise<T> {
  speak("zh");
  try {
    return await read();
  } finally {
    speak("en");
  }
}

/** The message of the error that `fails` throws in Chinese. */
export const chineseError = (fails: () => unknown): Promise<string> =>
  inChinese(async () => {
    try {
      await fails();
    } catch (error) {
      if (error instanceof Error) return error.message;
      throw error;
    }
    throw new Error("Cannot read the error: nothing was thrown");
  });
