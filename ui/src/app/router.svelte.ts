// Where the reader is: the address behind `#`, and the repository it is about.

import { format, parse, type Address, type Query } from '$/lib/address';

const FIRST: Address = { repository: null, screen: 'overview', id: '', query: {} };

let here = $state.raw<Address>(parse(location.hash) ?? FIRST);
let chosen = $state<string | undefined>();
let several = $state(false);
/** How many steps back and forward there are, as far as this page knows. */
let depth = $state({ back: 0, forward: 0 });
let index = 0;
let length = 1;

/** The screen that is shown. */
export const route = {
  get screen() {
    return here.screen;
  },
  /** A path, an object id, a key; empty for none. */
  get id() {
    return here.id;
  },
  get query() {
    return here.query;
  },
  /** The address as a script would open it: `/file/src/pay.rs?line=7`. */
  get address() {
    return format(here.screen, here.id, here.query, here.repository).slice(1);
  },
  get canGoBack() {
    return depth.back > 0;
  },
  get canGoForward() {
    return depth.forward > 0;
  },
};

/** The repository that the screens speak of. */
export const repository = {
  /** To be given to every method that takes a `repository`; undefined where there is only one. */
  get current(): string | undefined {
    return here.repository ?? chosen;
  },
  /** The same where there are several, so that it has to be said; undefined where there is one. */
  get needed(): string | undefined {
    return several ? (here.repository ?? chosen) : undefined;
  },
  /** What to speak of where the address names none, and whether there are others. */
  choose(name: string | undefined, others = several) {
    chosen = name;
    several = others;
  },
};

/** The address of a screen, for a link; of the repository at hand unless another is given. */
export function href(
  screen: string,
  id: string = '',
  query: Query = {},
  of: string | null = here.repository,
): string {
  return format(screen, id, query, of);
}

/** Goes to a screen: `navigate('file', 'src/pay.rs', { line: 7 })`, or to an address. */
export function navigate(to: string, id: string = '', query: Query = {}): void {
  const address = /^#?\//.test(to) ? to.replace(/^#?/, '#') : href(to, id, query);
  if (address === location.hash) return;
  history.pushState(null, '', address);
  arrive();
}

/** Changes the query of the screen at hand without a new step in its history. */
export function refine(query: Query): void {
  const merged = { ...here.query, ...query };
  history.replaceState(history.state, '', format(here.screen, here.id, merged, here.repository));
  arrive();
}

export const back = () => depth.back > 0 && history.back();
export const forward = () => depth.forward > 0 && history.forward();

function arrive(): void {
  here = parse(location.hash) ?? FIRST;
  const state = history.state as { step?: number } | null;
  if (state?.step === undefined) {
    index++;
    length = index + 1;
    history.replaceState({ step: index }, '');
  } else {
    index = state.step;
    length = Math.max(length, index + 1);
  }
  depth = { back: index, forward: length - 1 - index };
}

history.replaceState({ step: 0 }, '');
window.addEventListener('popstate', arrive);
window.addEventListener('hashchange', arrive);
