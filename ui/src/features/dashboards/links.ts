// Where a link in a dashboard leads: another dashboard, a screen, or out of the window.

import { call } from '$/ipc/client';
import { toast } from '$/kit/toast.svelte';
import { parse, type Query } from '$/lib/address';

export type Link =
  { kind: 'inside'; href: string } | { kind: 'outside'; url: string } | { kind: 'none' };

type Href = (screen: string, id?: string, query?: Query) => string;

/**
 * `/file/src/pay.rs` and `#/file/…` are screens; `dashboard:web?site=a` and a plain `web?site=a` are
 * dashboards; only what is on the web is opened in the browser.
 */
export function linkOf(text: string, href: Href): Link {
  if (/^https?:\/\//i.test(text)) return { kind: 'outside', url: text };
  if (/^#?\//.test(text)) {
    const to = parse(text.replace(/^\//, '#/'));
    return to ? { kind: 'inside', href: href(to.screen, to.id, to.query) } : { kind: 'none' };
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) && !/^dashboard:/i.test(text)) return { kind: 'none' };
  const to = parse(`#/dashboards/${text.replace(/^dashboard:/i, '')}`);
  return to && to.id
    ? { kind: 'inside', href: href('dashboards', to.id, to.query) }
    : { kind: 'none' };
}

/** Opens an address in the reader's browser. */
export function openOutside(url: string): void {
  call('app.openInBrowser', { url }).catch((error: unknown) =>
    toast(error instanceof Error ? error.message : String(error), 'failed'),
  );
}
