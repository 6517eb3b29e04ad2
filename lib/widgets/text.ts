/** A sentence in the course's two languages. */

/** The same sentence twice. */
export interface Text {
  /** English. */
  readonly en: string;
  /** Chinese. */
  readonly zh: string;
}

/** Both languages as one text: English, then Chinese on a line of its own. */
export const bothLanguages = ({ en, zh }: Text): string => `${en}\n${zh}`;
