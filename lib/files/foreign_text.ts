/** Recognises files that are no UTF-8 text by their first bytes, and says how to convert them. */
import { say, type Text } from "../text/mod.ts";
import { failToRead } from "./read.ts";

const UTF_16 = {
  en: "UTF-16 text; convert it with iconv -f UTF-16 -t UTF-8",
  zh: " UTF-16 文本；请用 iconv -f UTF-16 -t UTF-8 转换",
};

/** The first bytes of formats that hold data sets, as Latin-1 text. */
const MAGIC: readonly (readonly [string, Text])[] = [
  ["PAR1", {
    en: "a Parquet file; save it as JSON lines, for example with pandas' to_json",
    zh: " Parquet 文件；请存为 JSON Lines，例如用 pandas 的 to_json",
  }],
  ["ARROW1", {
    en: "an Arrow file; save it as JSON lines, for example with pandas' to_json",
    zh: " Arrow 文件；请存为 JSON Lines，例如用 pandas 的 to_json",
  }],
  ["PK\x03\x04", {
    en: "a ZIP file or an Excel workbook; unpack it, or save it as CSV in UTF-8",
    zh: " ZIP 文件或 Excel 工作簿；请解压，或存为 UTF-8 的 CSV",
  }],
  ["\x1f\x8b", {
    en: "a gzip file; unpack it with gunzip",
    zh: " gzip 文件；请用 gunzip 解压",
  }],
  ["\xff\xfe", UTF_16],
  ["\xfe\xff", UTF_16],
];

/** How many bytes are looked at. */
const LENGTH = 1 << 16;

const HAN = /\p{Script=Han}/gu;

/**
 * Whether bytes are text in the Chinese national encoding, of which GBK is a part. UTF-8 with a few
 * damaged bytes is not, though it often decodes as GBK too.
 */
function isChinese(bytes: Uint8Array): boolean {
  const asUtf8 = new TextDecoder().decode(bytes);
  const damaged = asUtf8.match(/\ufffd/g)?.length ?? 0, intact = asUtf8.match(HAN)?.length ?? 0;
  if (intact >= damaged) return false;
  try {
    const text = new TextDecoder("gb18030", { fatal: true }).decode(bytes, { stream: true });
    return text.search(HAN) >= 0;
  } catch {
    return false;
  }
}

/**
 * Says what a file that is no UTF-8 text is, and how to convert it; undefined if that is unknown.
 *
 * @throws {Error} If the file cannot be read.
 */
export async function foreignFormat(path: string): Promise<string | undefined> {
  using file = await Deno.open(path).catch(failToRead(path));
  const buffer = new Uint8Array(LENGTH);
  const bytes = buffer.subarray(0, await file.read(buffer) ?? 0);
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  const [, known] = MAGIC.find(([magic]) => start.startsWith(magic)) ?? [];
  if (known !== undefined) return say(known);
  return isChinese(bytes)
    ? say({
      en: "probably GBK text; convert it with iconv -f GB18030 -t UTF-8",
      zh: " GBK 文本（很可能）；请用 iconv -f GB18030 -t UTF-8 转换",
    })
    : undefined;
}
