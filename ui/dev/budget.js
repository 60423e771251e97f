// The page's weight, compressed as a network would: at most so much in all, so much before the first
// screen can be drawn, and so much for the parts that come later.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const ALL_MAX = 600 * 1024;
const FIRST_MAX = 90 * 1024;
/** Parts that are loaded when they are first needed, by the beginning of their file's name. */
const LATER_MAX = {
    Workspace: 56 * 1024,
    Dashboards: 40 * 1024,
    editor: 150 * 1024,
    format: 46 * 1024,
};

const dist = new URL('../dist/', import.meta.url).pathname;
const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile())
    .map((it) => join(it.parentPath, it.name).slice(dist.length));
const weight = (name) => gzipSync(readFileSync(dist + name), { level: 9 }).length;

// What the document names, and what those files import at once.
const first = new Set(['index.html']);
for (const name of first) {
    const text = readFileSync(dist + name, 'utf8');
    const found =
        name === 'index.html'
            ? [...text.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((it) => it[1])
            : [...text.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)].map(
                  (it) => `assets/${it[1]}`,
              );
    for (const it of found) if (files.includes(it)) first.add(it);
}

const sum = (names) => [...names].reduce((total, name) => total + weight(name), 0);
const all = sum(files);
const begin = sum(first);
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
console.log(`all ${kib(all)} of ${kib(ALL_MAX)}, first screen ${kib(begin)} of ${kib(FIRST_MAX)}`);
let over = all > ALL_MAX || begin > FIRST_MAX;
for (const [part, most] of Object.entries(LATER_MAX)) {
    const own = files.filter((it) => new RegExp(`^assets/${part}-[\\w-]+\\.(js|css)$`).test(it));
    const weighs = sum(own);
    // A part that is not there is one that came in with another.
    over ||= own.length === 0 || weighs > most || own.some((it) => first.has(it));
    console.log(`${part} ${kib(weighs)} of ${kib(most)}`);
}
if (over) process.exit(1);
