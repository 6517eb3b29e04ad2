/** Takes a sentence about a file that was read in another way than its name or path suggests. */
export type Tell = (note: string) => void;
