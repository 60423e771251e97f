// Parameters of a dashboard as they stand in an address, and as the bridge takes them.

import type { Query } from '$/lib/address';
import { word } from '$/lib/snippets';
import type { DashboardControl, MarkFilter, SceneMark } from '$ipc-schema/types';

export type ParamValue = DashboardControl['value'];

/** Words of an address that are about the screen and no parameter: none of those has a dot. */
const OWN = '.';
export const EDIT = '.edit';

/** What an address says for a parameter that was made empty. */
const NOTHING = '""';

export type Given = Record<string, string | string[]>;

/** What the bridge is given: the parameters that the address names. */
export function given(query: Readonly<Record<string, string>>): { params?: Given } {
  const named = Object.entries(query)
    .filter(([name]) => !name.startsWith(OWN))
    .map(([name, text]): [string, string | string[]] => [name, read(text)]);
  return named.length > 0 ? { params: Object.fromEntries(named) } : {};
}

function read(text: string): string | string[] {
  if (text === NOTHING) return '';
  if (!/^\[.*\]$/s.test(text)) return text;
  try {
    const values: unknown = JSON.parse(text);
    if (Array.isArray(values) && values.every((it) => typeof it === 'string')) return values;
  } catch {
    // A text that happens to stand in brackets.
  }
  return text;
}

/** A value as it stands in an address: several as a list, one as it is. */
export function written(value: ParamValue): string {
  if (value === null) return '';
  if (!Array.isArray(value)) return String(value);
  const [one = ''] = value;
  return value.length === 1 && !one.startsWith('[') ? one : JSON.stringify(value);
}

/** The values of a parameter that takes several. */
export const several = (value: ParamValue): string[] =>
  Array.isArray(value) ? value : value === null || value === '' ? [] : [String(value)];

/** Whether a parameter is what it is without being asked for. */
export const usual = (it: DashboardControl) => same(it.value, it.default);

/** Whether two values ask for the same; no value at all is none of several, too. */
function same(one: ParamValue, other: ParamValue): boolean {
  const text = (it: ParamValue) => (Array.isArray(it) && it.length === 0 ? '' : written(it));
  return text(one) === text(other);
}

/** The query of an address with one parameter changed; one that is as usual is not named. */
export function changed(
  query: Readonly<Record<string, string>>,
  control: DashboardControl | undefined,
  name: string,
  value: ParamValue,
): Query {
  const { [name]: _, ...rest } = query;
  if (control && same(value, control.default)) return rest;
  const text = written(value);
  // An address leaves out what is empty, so that emptiness has to be said.
  return { ...rest, [name]: text === '' ? NOTHING : text };
}

/** The query after a mark was pressed: filtered by it, or no longer. */
export function filtered(
  query: Readonly<Record<string, string>>,
  controls: readonly DashboardControl[],
  filter: MarkFilter,
): Query {
  const control = controls.find((it) => it.name === filter.param);
  const now = control?.value ?? null;
  if (control?.many) {
    const values = several(now);
    const next = values.includes(filter.value)
      ? values.filter((it) => it !== filter.value)
      : [...values, filter.value];
    return changed(query, control, filter.param, next);
  }
  const again = written(now) === filter.value;
  return changed(query, control, filter.param, again ? (control?.default ?? null) : filter.value);
}

/** Whether a mark is what the dashboard is filtered by; null where its parameter is as usual. */
export function isChosen(controls: readonly DashboardControl[], mark: SceneMark): boolean | null {
  const control = controls.find((it) => it.name === mark.filter?.param);
  if (!mark.filter || !control || usual(control)) return null;
  return control.many
    ? several(control.value).includes(mark.filter.value)
    : written(control.value) === mark.filter.value;
}

/** What one would type in a terminal for the same. */
export function line(
  dashboard: string,
  query: Readonly<Record<string, string>>,
  format: string,
): string {
  const words = ['backstory', 'dashboard', 'run', word(dashboard)];
  for (const [name, value] of Object.entries(given(query).params ?? {}))
    for (const one of Array.isArray(value) ? value : [value])
      words.push('--param', word(`${name}=${one}`));
  if (format !== 'text') words.push('--format', format);
  return words.join(' ');
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
/** The reader's zone, for dashboards that name none. */
export const zoned: { zone?: string } = zone ? { zone } : {};
