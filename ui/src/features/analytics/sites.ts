// Sites as forms take them: lists in a line, what is changed, and what is wrong with it.

import type { ChangeSite, SiteInfo } from '$ipc-schema/types';

/** `a, b c` → three of them. */
export const listed = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** What is wrong with the name of a site; null where nothing is. */
export function wrongSite(name: string): string | null {
  if (name === '') return 'A site needs its domain.';
  if (/^https?:/i.test(name) || name.includes('/')) return 'The domain alone, as in example.org.';
  if (/\s/.test(name)) return 'A domain has no spaces.';
  return null;
}

/** A site as it stands in a form. */
export interface SiteForm {
  aliases: string;
  hosts: string;
  queryKeys: string;
  internal: string;
  places: SiteInfo['places'];
  keepMonths: string;
  honoursOptOut: boolean;
  currency: string;
}

export const formOf = (site: SiteInfo): SiteForm => ({
  aliases: site.aliases.join(', '),
  hosts: site.hosts.join(', '),
  queryKeys: site.queryKeys.join(', '),
  internal: site.internal.join(', '),
  places: site.places,
  keepMonths: String(site.keepMonths),
  honoursOptOut: site.honoursOptOut,
  currency: site.currency,
});

const LISTS = ['aliases', 'hosts', 'queryKeys', 'internal'] as const;

/** What a form changes about a site; null where it changes nothing. */
export function changes(site: SiteInfo, form: SiteForm): ChangeSite | null {
  const change: ChangeSite = { site: site.site };
  for (const key of LISTS) {
    const now = listed(form[key]);
    if (now.join(' ') !== site[key].join(' ')) change[key] = now;
  }
  if (form.places !== site.places) change.places = form.places;
  if (form.honoursOptOut !== site.honoursOptOut) change.honoursOptOut = form.honoursOptOut;
  if (form.currency !== site.currency) change.currency = form.currency;
  const months = Number(form.keepMonths);
  if (Number.isInteger(months) && months !== site.keepMonths) change.keepMonths = months;
  return Object.keys(change).length > 1 ? change : null;
}

/** Why it is thought that a visit was nobody's. */
export const VERDICTS: { key: string; title: string; about: string }[] = [
  { key: 'person', title: 'A person', about: 'counts' },
  { key: 'crawler', title: 'Crawler', about: 'its user agent says so' },
  { key: 'noBrowser', title: 'No browser', about: 'a program or a library' },
  { key: 'driven', title: 'Driven', about: 'a browser that a program drives' },
  { key: 'prefetch', title: 'Fetched ahead', about: 'loaded, but not looked at' },
  {
    key: 'spamReferrer',
    title: 'Spam',
    about: 'came from a site that only wants to be looked at',
  },
  { key: 'internal', title: 'Internal', about: 'from the owner’s own networks' },
  { key: 'byHand', title: 'By hand', about: 'somebody said so here' },
];

export const verdictTitle = (key: string) => VERDICTS.find((it) => it.key === key)?.title ?? key;
