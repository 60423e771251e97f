// Scenes to look at: charts as the bridge would lay them out, from made-up figures.

import type {
  Scene as Wired,
  SceneBand,
  SceneForm,
  SceneMark,
  SceneShape,
} from '$ipc-schema/types';

/** A shape in few words: its form, and classes of which the first is its colour. */
type Shape = { class: string; words?: string; mark?: SceneMark } & (
  | { kind: 'rect'; x: number; y: number; width: number; height: number; radius?: number }
  | { kind: 'line'; x1: number; y1: number; x2: number; y2: number }
  | { kind: 'path'; d: string; fill: boolean }
  | { kind: 'circle'; x: number; y: number; r: number }
  | { kind: 'text'; x: number; y: number; text: string; anchor: string; size: number }
);
interface Scene {
  width: number;
  height: number;
  shapes: Shape[];
  words: string;
  bands?: SceneBand[];
}

const mark = (series: number, index: number, more: Partial<SceneMark> = {}): SceneMark => ({
  series,
  index,
  x: index,
  by: null,
  filter: null,
  link: null,
  ...more,
});

const CLASSES: { readonly [name: string]: string } = {
  grid: 'line',
  track: 'sunken',
  axis: 'muted',
  label: 'text',
  annotation: 'warn',
};

/** The scene as the bridge would send it. */
export function wired({ width, height, shapes, words, bands = [] }: Scene): Wired {
  const shape = (it: Shape): SceneShape => {
    const [first = '', ...rest] = it.class.split(' ');
    const colour = CLASSES[first] ?? first;
    const { class: _, words, mark, ...form } = it;
    const stroked = it.kind === 'line' || (it.kind === 'path' && !it.fill);
    const wide = it.kind === 'path' ? 1.75 : rest.includes('strong') ? 2 : 1;
    return {
      form: {
        ...form,
        ...(it.kind === 'rect' ? { radius: it.radius ?? 0 } : {}),
        ...(it.kind === 'text' ? { bold: rest.includes('strong') } : {}),
      } as SceneForm,
      fill: stroked ? null : colour,
      stroke: stroked
        ? { class: colour, width: wide, dash: rest.includes('dashed') ? [5, 3] : [] }
        : null,
      opacity: rest.includes('faint') ? 0.35 : 1,
      mark: mark ?? null,
      words: words ?? null,
    };
  };
  return { width, height, shapes: shapes.map(shape), bands, flags: [], words };
}

/** The same figures at every look. */
export function figures(seed: number, many: number, most: number): number[] {
  let now = seed * 7919 + 17;
  return Array.from({ length: many }, (_, at) => {
    now = (now * 1103515245 + 12345) % 2147483648;
    return Math.round(most * (0.35 + 0.25 * Math.sin(at / 4 + seed) + (0.4 * now) / 2147483648));
  });
}

const DAYS = (at: number) => new Date(Date.UTC(2026, 7, 25 + at)).toISOString().slice(5, 10);

function frame(
  width: number,
  height: number,
  most: number,
  x: (at: number) => string,
  many: number,
) {
  const left = 44;
  const bottom = 22;
  const [wide, high] = [width - left - 8, height - bottom - 10];
  const shapes: Shape[] = [];
  for (let step = 0; step <= 4; step++) {
    const y = 10 + high - (high * step) / 4;
    shapes.push({ kind: 'line', x1: left, y1: y, x2: width - 8, y2: y, class: 'grid' });
    shapes.push({
      kind: 'text',
      x: left - 6,
      y: y + 4,
      text: String(Math.round((most * step) / 4)),
      anchor: 'end',
      size: 11,
      class: 'axis',
    });
  }
  const every = Math.max(1, Math.ceil(many / Math.max(2, Math.floor(wide / 80))));
  for (let at = 0; at < many; at += every) {
    const place = left + (wide * (at + 0.5)) / many;
    shapes.push({
      kind: 'text',
      x: place,
      y: height - 6,
      text: x(at),
      anchor: 'middle',
      size: 11,
      class: 'axis',
    });
  }
  return {
    shapes,
    px: (at: number) => left + (wide * (at + 0.5)) / many,
    py: (value: number) => 10 + high - (high * value) / most,
    wide,
    high,
    left,
  };
}

export function lines(
  width: number,
  height: number,
  names: string[],
  area = false,
  annotate = true,
): Scene {
  const many = 90;
  const most = 120;
  const all = names.map((_, at) => figures(at + 3, many, most - at * 30));
  const { shapes, px, py } = frame(width, height, most, DAYS, many);
  if (annotate) {
    const at = 34;
    shapes.push({
      kind: 'line',
      x1: px(at),
      y1: 10,
      x2: px(at),
      y2: height - 22,
      class: 'annotation dashed',
    });
    shapes.push({
      kind: 'text',
      x: px(at) + 4,
      y: 18,
      text: 'v2.4.0',
      anchor: 'start',
      size: 10,
      class: 'annotation',
    });
  }
  for (const [series, values] of all.entries()) {
    const d = values
      .map((it, at) => `${at ? 'L' : 'M'}${px(at).toFixed(1)} ${py(it).toFixed(1)}`)
      .join('');
    const tone = `series-${series + 1}`;
    if (area)
      shapes.push({
        kind: 'path',
        d: `${d}L${px(many - 1)} ${py(0)}L${px(0)} ${py(0)}Z`,
        fill: true,
        class: `${tone} faint`,
      });
    shapes.push({ kind: 'path', d, fill: false, class: tone });
  }
  if (names.length === 1) {
    const before = figures(11, many, 90);
    const d = before
      .map((it, at) => `${at ? 'L' : 'M'}${px(at).toFixed(1)} ${py(it).toFixed(1)}`)
      .join('');
    shapes.push({ kind: 'path', d, fill: false, class: 'muted dashed' });
  }
  const [wide, high] = [px(1) - px(0), height - 32];
  const bands = Array.from({ length: many }, (_, at): SceneBand => ({
    index: at,
    x: px(at) - wide / 2,
    y: 10,
    width: wide,
    height: high,
    mark: { ...mark(0, at), x: DAYS(at) },
    words: [DAYS(at), ...all.map((it, series) => `${names[series]}: ${it[at]}`)].join('\n'),
  }));
  for (const [series, values] of all.entries())
    for (const [at, it] of values.entries())
      shapes.push({
        kind: 'circle',
        x: px(at),
        y: py(it),
        r: 2,
        class: `series-${series + 1}`,
        mark: mark(series, at),
        words: `${DAYS(at)}, ${names[series]}: ${it}`,
      });
  return {
    width,
    height,
    shapes,
    bands,
    words: `${names.length} lines over 90 days, from 25 Aug to 22 Nov`,
  };
}

export function bars(width: number, height: number, names: string[], param?: string): Scene {
  const values = figures(5, names.length, 900).sort((a, b) => b - a);
  const most = values[0] ?? 1;
  const row = Math.min(26, height / names.length);
  const left = 110;
  const shapes: Shape[] = names.flatMap((name, at): Shape[] => {
    const long = ((width - left - 60) * (values[at] ?? 0)) / most;
    const y = at * row;
    return [
      {
        kind: 'text',
        x: left - 8,
        y: y + row / 2 + 4,
        text: name,
        anchor: 'end',
        size: 12,
        class: 'label',
      },
      {
        kind: 'rect',
        x: left,
        y: y + 3,
        width: long,
        height: row - 6,
        radius: 2,
        class: 'series-1',
        words: `${name}: ${values[at]}`,
        mark: mark(0, at, param ? { filter: { param, value: name } } : {}),
      },
      {
        kind: 'text',
        x: left + long + 6,
        y: y + row / 2 + 4,
        text: String(values[at]),
        anchor: 'start',
        size: 11,
        class: 'axis',
      },
    ];
  });
  return { width, height, shapes, words: `${names.length} bars, ${names[0]} is the longest.` };
}

export function stacked(width: number, height: number, names: string[]): Scene {
  const many = 13;
  const all = names.map((_, at) => figures(at + 1, many, 40));
  const { shapes, px, py, wide } = frame(width, height, 130, (at) => `W${at + 35}`, many);
  for (let at = 0; at < many; at++) {
    let sum = 0;
    for (const [series, values] of all.entries()) {
      const value = values[at] ?? 0;
      const y = py(sum + value);
      shapes.push({
        kind: 'rect',
        x: px(at) - wide / many / 2 + 2,
        y,
        width: wide / many - 4,
        height: py(sum) - y,
        class: `series-${series + 1}${at === many - 1 ? ' hatched' : ''}`,
        words: `W${at + 35}, ${names[series]}: ${value}`,
        mark: mark(series, at),
      });
      sum += value;
    }
  }
  return { width, height, shapes, words: `${names.length} parts over 13 weeks.` };
}

export function heat(width: number, height: number): Scene {
  const shapes: Shape[] = [];
  const [rows, columns] = [7, 24];
  const [wide, high] = [(width - 40) / columns, (height - 20) / rows];
  for (let day = 0; day < rows; day++) {
    shapes.push({
      kind: 'text',
      x: 34,
      y: day * high + high / 2 + 4,
      text: 'Mo,Tu,We,Th,Fr,Sa,Su'.split(',')[day] ?? '',
      anchor: 'end',
      size: 11,
      class: 'axis',
    });
    for (const [hour, value] of figures(day, columns, 60).entries())
      shapes.push({
        kind: 'rect',
        x: 40 + hour * wide,
        y: day * high,
        width: wide - 1,
        height: high - 1,
        class: `heat-${Math.min(5, Math.floor(value / 10))}`,
        words: `${hour}:00, day ${day + 1}: ${value}`,
        mark: mark(day, hour),
      });
  }
  return { width, height, shapes, words: 'Seven days by 24 hours.' };
}

export function funnel(width: number, height: number): Scene {
  const steps: [string, number][] = [
    ['Visit', 4210],
    ['Docs', 1620],
    ['Download', 388],
    ['Thanks', 211],
  ];
  const high = height / steps.length;
  const shapes: Shape[] = steps.flatMap(([name, value], at): Shape[] => [
    {
      kind: 'rect',
      x: 90,
      y: at * high + 4,
      width: ((width - 200) * value) / 4210,
      height: high - 8,
      radius: 2,
      class: 'series-1',
      words: `${name}: ${value}`,
      mark: mark(0, at),
    },
    {
      kind: 'text',
      x: 82,
      y: at * high + high / 2 + 4,
      text: name,
      anchor: 'end',
      size: 12,
      class: 'label',
    },
    {
      kind: 'text',
      x: 98 + ((width - 200) * value) / 4210,
      y: at * high + high / 2 + 4,
      text: `${value} · ${Math.round((value / 4210) * 100)} %`,
      anchor: 'start',
      size: 11,
      class: 'axis',
    },
  ]);
  return { width, height, shapes, words: 'Four steps; 5 % reach the last.' };
}

export function treemap(width: number, height: number): Scene {
  const names = ['src', 'docs', 'ui', 'tests', 'assets', 'bench'];
  const parts = [0.4, 0.2, 0.16, 0.12, 0.08, 0.04];
  let x = 0;
  const shapes: Shape[] = names.flatMap((name, at): Shape[] => {
    const wide = width * (parts[at] ?? 0);
    x += wide;
    return [
      {
        kind: 'rect',
        x: x - wide,
        y: 0,
        width: wide - 2,
        height,
        class: `series-${at + 1} faint`,
        words: `${name}: ${Math.round((parts[at] ?? 0) * 1000)}`,
        mark: mark(0, at, { link: `/explorer/${name}` }),
      },
      {
        kind: 'text',
        x: x - wide + 6,
        y: 18,
        text: wide > 40 ? name : '',
        anchor: 'start',
        size: 12,
        class: 'label',
      },
    ];
  });
  return { width, height, shapes, words: 'Six folders, src is the largest.' };
}

export function gauge(width: number, height: number): Scene {
  const y = height / 2;
  return {
    width,
    height,
    words: '72 of a target of 80.',
    shapes: [
      { kind: 'rect', x: 0, y: y - 8, width, height: 16, radius: 3, class: 'track' },
      {
        kind: 'rect',
        x: 0,
        y: y - 8,
        width: width * 0.72,
        height: 16,
        radius: 3,
        class: 'good',
        words: '72 %',
        mark: mark(0, 0),
      },
      {
        kind: 'line',
        x1: width * 0.8,
        y1: y - 14,
        x2: width * 0.8,
        y2: y + 14,
        class: 'label strong',
      },
      {
        kind: 'text',
        x: width * 0.8,
        y: y - 20,
        text: 'target 80 %',
        anchor: 'middle',
        size: 11,
        class: 'axis',
      },
      {
        kind: 'text',
        x: 0,
        y: y - 20,
        text: '72 %',
        anchor: 'start',
        size: 18,
        class: 'label strong',
      },
    ],
  };
}

/** A number with its change and the way it went. */
export function number(
  value: string,
  change: string,
  tone: string,
  seed: number,
  width: number,
): Scene {
  const values = figures(seed, 30, 24);
  const d = values
    .map((it, at) => `${at ? 'L' : 'M'}${((width * at) / 29).toFixed(1)} ${(92 - it).toFixed(1)}`)
    .join('');
  return {
    width,
    height: 96,
    words: `${value}, ${change}`,
    shapes: [
      { kind: 'text', x: 0, y: 28, text: value, anchor: 'start', size: 28, class: 'label strong' },
      { kind: 'text', x: 0, y: 46, text: change, anchor: 'start', size: 12, class: tone },
      { kind: 'path', d, fill: false, class: 'series-1' },
    ],
  };
}
