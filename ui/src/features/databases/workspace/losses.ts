// What statements destroy, as the server says it, and what has to be typed before they may.

const WHOLE =
  /^(?:(?:foreign |external )?table|(?:materialized )?view|schema|database|collection|keyspace)s? +(.+)$/i;
const EMPTIED = /^every (?:row|document|key) (?:of|in) (.+)$/i;

/** A name, and names with dots between. */
const PART = /"[^"]+"|`[^`]+`|\[[^\]]+\]|[^\s"`[\].,(]+/g;
const PATH = new RegExp(`^(?:${PART.source})(?:\\.(?:${PART.source}))*`);

/** The name to type where a whole table or more goes; null where a button is enough. */
export function toType(losses: readonly string[]): string | null {
  for (const loss of losses) {
    // One DELETE without WHERE is undone as easily as any other statement; a TRUNCATE often is not.
    const emptied = /\b(DELETE|UPDATE)\b/.test(loss) ? null : EMPTIED.exec(loss);
    const name = (WHOLE.exec(loss) ?? emptied)?.[1];
    if (name === undefined) continue;
    const path = PATH.exec(name)?.[0] ?? name;
    const last = [...path.matchAll(PART)].at(-1)?.[0] ?? path;
    return last.replace(/^["`[]|["`\]]$/g, '');
  }
  return null;
}
