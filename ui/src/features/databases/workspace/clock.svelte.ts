// The time that something has taken so far, told a few times a second while it runs.

const EVERY = 100;

/** Milliseconds since `begun` while `runs`; to be called while a component is set up. */
export function elapsed(runs: () => boolean, begun: () => number): { readonly now: number } {
  let now = $state(0);
  $effect(() => {
    if (!runs()) return;
    const from = begun();
    now = performance.now() - from;
    const timer = setInterval(() => (now = performance.now() - from), EVERY);
    return () => clearInterval(timer);
  });
  return {
    get now() {
      return now;
    },
  };
}
