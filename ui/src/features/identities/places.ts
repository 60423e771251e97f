// Where a spelling is written: in commits, as a login, as an account of a Jira site or of GitHub.

import type * as t from '$ipc-schema/types';
import { visible } from '$/lib/text';

/** Where a spelling stands, and the account it names there. */
export function place({ id, kind, name }: t.IdentityText): { title: string; account: string } {
  if (kind === 'login') return { title: 'login', account: name };
  if (kind !== 'account') return { title: 'Git', account: '' };
  // `account:SITE/ACCOUNT`; a site read from files is named after its repository, slash and all.
  const rest = id.replace(/^account:/, '');
  const cut = rest.lastIndexOf('/');
  const site = cut < 0 ? '' : rest.slice(0, cut);
  const account = cut < 0 ? rest : rest.slice(cut + 1);
  if (/^github(\.com$|:|$)/.test(site)) return { title: 'GitHub', account };
  const host = site.startsWith('jira:') ? '' : visible(site);
  return { title: host ? `Jira (${host})` : 'Jira', account };
}

/** How sure a rule is, for people. */
export const CONFIDENCE: Record<string, string> = {
  certain: 'certain',
  strong: 'nearly certain',
  likely: 'likely',
  weak: 'a guess',
};
