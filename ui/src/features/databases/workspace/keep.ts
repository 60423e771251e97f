// Where the page keeps what has to outlive it: the tabs with their texts.

/** Something that keeps one text for as long as the machine lives. */
export interface Keeper {
  recall(): Promise<string | null>;
  keep(text: string): Promise<void>;
}

const NAME = 'databases.tabs';

/** The browser's own storage. A window that keeps nothing of its pages loses it at its end. */
export const storage: Keeper = {
  recall: async () => localStorage.getItem(NAME),
  keep: async (text) => localStorage.setItem(NAME, text),
};
