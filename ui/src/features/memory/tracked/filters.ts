// The filters of a list: what the address says, as the method takes it.

export interface Filter {
  /** As the method calls it, and the address. */
  name: string;
  title: string;
  /** `flag` is a choice between yes, no and either. */
  kind: 'text' | 'date' | 'number' | 'choice' | 'flag';
  /** Values and their titles; the first stands for no filter. */
  choices?: readonly (readonly [value: string, title: string])[];
  /** Shown only where it is in use or asked for. */
  rare?: boolean;
}

export type Query = Readonly<Record<string, string>>;

/** The filters that an address uses. */
export const used = (filters: readonly Filter[], query: Query) =>
  filters.filter(
    (it) => (query[it.name] ?? '').trim() !== '' && valued(it, query[it.name] ?? '') !== undefined,
  );

/** What the method is asked for. A value that is none of a filter's is left out. */
export function params(filters: readonly Filter[], query: Query): Record<string, unknown> {
  return Object.fromEntries(
    used(filters, query).map((it) => [it.name, valued(it, query[it.name] ?? '')]),
  );
}

function valued({ kind, name, choices }: Filter, text: string): unknown {
  const value = text.trim();
  switch (kind) {
    case 'flag':
      return value === 'true' ? true : value === 'false' ? false : undefined;
    case 'number':
      return /^#?\d{1,15}$/.test(value) ? Number(value.replace('#', '')) : undefined;
    case 'choice':
      return choices?.some(([one]) => one === value) ? value : undefined;
    case 'date':
      // A day counts whole: until its end.
      return /^\d{4}-\d\d-\d\d$/.test(value)
        ? `${value}T${name === 'since' ? '00:00:00' : '23:59:59'}Z`
        : value;
    case 'text':
      return value;
  }
}
