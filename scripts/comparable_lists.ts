/** Ranked lists whose answers can be compared, for `deno task reward`. */
import type { ModelFolder } from "../lib/lm/mod.ts";
import { comparableLists, type RankedText } from "../lib/passages/mod.ts";
import type { RewardSettings } from "../lib/settings/mod.ts";
import { say } from "../lib/text/mod.ts";
import type { Terminal } from "./command.ts";
import { lengthsOf } from "./stage_training.ts";

/** Leaves out lists whose answers all have the same tokens, and reports how many there are. */
export function withoutEqualLists(
  lists: RankedText[][],
  { path, settings, policy: { tokenizer }, terminal }: {
    path: string;
    settings: RewardSettings;
    policy: ModelFolder;
    terminal: Terminal;
  },
): RankedText[][] {
  const kept = comparableLists(tokenizer, lists, lengthsOf(settings));
  if (kept.length === lists.length) return kept;
  const [bad, all, same] = [lists.length - kept.length, lists.length, settings.query_max_len];
  const reason = `because their answers have the same first ${same} tokens`;
  if (kept.length === 0 || settings.strict) {
    throw new RangeError(say({
      en: `Cannot use ${path}: ${bad} of ${all} ranked lists cannot be used, ${reason}`,
      zh: `不能使用 ${path}：${all} 个排序列表中有 ${bad} 个不可用，` +
        `因为其中各个回答的前 ${same} 个词元相同`,
    }));
  }
  terminal.print(say({
    en: `${path}: left out ${bad} of ${all} ranked lists, ${reason}`,
    zh: `${path}：${all} 个排序列表中略去了 ${bad} 个，因为其中各个回答的前 ${same} 个词元相同`,
  }));
  return kept;
}
