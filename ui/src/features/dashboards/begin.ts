// What a new dashboard begins with.

/** A dashboard in ten lines, as the list teaches it. */
export const EXAMPLE = `+++
title = "Commits"
[params.period]
kind = "period"
+++
\`\`\`sql commits on=memory
select date(committed_at) as day, count(*) as commits from commits where committed_at between :from and :to group by 1
\`\`\`
\`\`\`toml panel
line = "commits"
\`\`\`
`;

export const empty = (title: string) => `+++
title = ${quoted(title)}
+++

What this dashboard is for.
`;

/** One query, and a panel that shows what it gives. */
export const ofQuery = (title: string, on: string, statement: string) => `+++
title = ${quoted(title)}
+++

\`\`\`sql rows on=${on}
${statement.trim()}
\`\`\`

\`\`\`toml panel
table = "rows"
title = ${quoted(title)}
\`\`\`
`;

/** A text as TOML writes it. */
const quoted = (text: string) => JSON.stringify(text);

/** A name for a file: what is left of a title. */
export const nameOf = (title: string) =>
  title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9/]+/g, '-')
    .replace(/^-+|-+$/g, '');

/** What is wrong with a name; null where nothing is. */
export function wrongName(name: string, taken: readonly string[]): string | null {
  if (name === '') return 'A dashboard needs a name.';
  if (!/^[A-Za-z0-9][\w-]*(\/[A-Za-z0-9][\w-]*)*$/.test(name))
    return 'Letters, digits, - and _; folders are parted by /.';
  if (taken.includes(name)) return 'There is a dashboard of that name.';
  return null;
}
