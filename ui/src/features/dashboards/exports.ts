// Files of dashboards: how they are written and what they are called.

import type { DashboardFormat, DashboardTheme, PanelOutline } from '$ipc-schema/types';

export const FORMATS: { key: DashboardFormat; title: string }[] = [
  { key: 'png', title: 'PNG: a picture' },
  { key: 'svg', title: 'SVG: a picture that can be scaled' },
  { key: 'html', title: 'HTML: one file that needs nothing else' },
  { key: 'csv', title: 'CSV: the rows of each panel' },
  { key: 'json', title: 'JSON: every figure and its evidence' },
  { key: 'text', title: 'Text, as in a terminal' },
];

/** What a file's name ends in. */
const endingOf = (format: DashboardFormat) => (format === 'text' ? 'txt' : format);
const ENDINGS = new RegExp(`\\.(${FORMATS.map((it) => endingOf(it.key)).join('|')})$`, 'i');

/** A name with the ending of a format in place of that of another one. */
export const ending = (name: string, format: DashboardFormat): string =>
  `${name.trim().replace(ENDINGS, '')}.${endingOf(format)}`;

/** A name for the file of a dashboard, or of one panel. */
export function fileName(
  dashboard: string,
  panel: PanelOutline | null,
  format: DashboardFormat,
): string {
  const words = [dashboard.split('/').at(-1) ?? '', panel?.title ?? '']
    .map((it) =>
      it
        .normalize('NFKD')
        .replace(/[^\p{L}\p{N}]+/gu, '-')
        .replace(/^-+|-+$/g, '')
        .toLowerCase()
        .slice(0, 60),
    )
    .filter(Boolean);
  return ending(words.join('-') || 'dashboard', format);
}

/** Whether what is shown is dark now, so that a picture looks as it does here. */
export const theme = (): DashboardTheme => {
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  return scheme === 'dark' || (scheme !== 'light' && dark) ? 'dark' : 'light';
};
