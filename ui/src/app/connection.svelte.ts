// Whether Backstory answers; while it does not, it is asked again until it does.

import { forget } from '$/ipc/cache.svelte';
import { batch, onreached } from '$/ipc/client';
import { catchUp, newest } from '$/ipc/events';

/** Pause between two attempts, in milliseconds. */
const PAUSE = 1_000;

let lost = $state(false);
let timer: ReturnType<typeof setTimeout> | undefined;

export const connection = {
  get lost() {
    return lost;
  },
  /** Tries now rather than in a second. */
  retry() {
    clearTimeout(timer);
    void attempt();
  },
};

async function attempt(): Promise<void> {
  try {
    await batch(['events.since', { seq: newest() }]);
  } catch {
    // `onreached` has been told, and has set the next attempt.
  }
}

/** Begins to watch. Called once, when the page begins. */
export function watchConnection(): void {
  onreached((reachable) => {
    if (!reachable) {
      lost = true;
      clearTimeout(timer);
      timer = setTimeout(() => void attempt(), PAUSE);
    } else if (lost) {
      lost = false;
      clearTimeout(timer);
      void catchUp();
      forget();
    }
  });
}
