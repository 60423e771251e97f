// The project whose connections and queries count: the folder of the repository at hand.

let folder = $state<string | undefined>();

export const project = {
  get folder() {
    return folder;
  },
  choose(next: string | null | undefined) {
    folder = next ?? undefined;
  },
  /** To be spread into the parameters of a call. */
  get named(): { project?: string } {
    return folder === undefined ? {} : { project: folder };
  },
};
