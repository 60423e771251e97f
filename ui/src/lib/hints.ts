// What the other side of the bridge says names methods; here people look at screens.

/** Where in the window a person finds what a method does: by method, else by namespace. */
const PLACES: Record<string, string> = {
  app: 'the window',
  events: 'the Bridge screen',
  identities: 'the Identities screen',
  memory: 'the palette',
  rpc: 'the Bridge screen',
  sources: 'the Sources screen',
  store: 'the Bridge screen',
  trackers: 'the Sources screen',
  'memory.commits': 'the Commits screen',
  'memory.components': 'the Overview screen',
  'memory.experts': 'its page',
  'memory.file': 'its page',
  'memory.folder': 'the Explorer screen',
  'memory.hygiene': 'the Hygiene screen',
  'memory.issueContext': 'its page',
  'memory.issues': 'the Issues screen',
  'memory.people': 'the People screen',
  'memory.pullRequest': 'its page',
  'memory.pullRequests': 'the Pull requests screen',
  'memory.risk': 'its page',
  'memory.search': 'the Search screen',
};

/** A text with the places of the window where it names methods: `` `sources.sync` `` as `the Sources screen`. */
export function inWindow(text: string): string {
  return text.replace(/`([a-z]+)\.[a-z][A-Za-z]*`/g, (quoted, namespace: string) => {
    const method = quoted.slice(1, -1);
    // `backstory.toml` and `pay.rs` look like methods and are none.
    return PLACES[method] ?? PLACES[namespace] ?? quoted;
  });
}
