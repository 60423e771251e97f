// Whether every screen can be read and reached: contrast of all text and of all edges of controls,
// names and roles, a visible mark of the keyboard, and the keyboard alone on everything that can be
// clicked: `npm run preview:reach -- NAME=ADDRESS…`. Measured on the built page in both themes. Whatever
// fails is printed, and ends it with 1.

import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { preview } from 'vite';

const wanted = process.argv.slice(2);
const shell = fileURLToPath(new URL('shell.js', import.meta.url));
const themes = (process.env['THEMES'] ?? 'light,dark').split(',');
/** Least contrast: of text, of large text and of what is no text, by WCAG 2.2. */
const [TEXT, LARGE, MARK] = [4.5, 3, 3];
/** Presses of Tab after which a screen is given up. */
const STOPS_MAX = 400;

/** Runs in the page: what fails there, as sentences. */
function measured({ TEXT, LARGE, MARK }) {
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    /** Red, green, blue and opacity of any colour that the style may give. */
    function parts(colour) {
        pen.clearRect(0, 0, 1, 1);
        pen.fillStyle = '#000';
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    }
    const over = ([r, g, b, a], [x, y, z]) => [
        r * a + x * (1 - a),
        g * a + y * (1 - a),
        b * a + z * (1 - a),
        1,
    ];
    /** What is behind an element: everything that its parents paint, the window last. */
    function ground(element) {
        const layers = [];
        for (let it = element; it; it = it.parentElement) {
            const style = getComputedStyle(it);
            const layer = parts(style.backgroundColor);
            if (layer[3] > 0) layers.push(layer);
            if (layer[3] === 1) break;
        }
        return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1]);
    }
    function light([r, g, b]) {
        const linear = (it) =>
            it / 255 <= 0.04045 ? it / 255 / 12.92 : ((it / 255 + 0.055) / 1.055) ** 2.4;
        return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    }
    function contrast(a, b) {
        const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
        return (high + 0.05) / (low + 0.05);
    }
    function opacity(element) {
        let all = 1;
        for (let it = element; it; it = it.parentElement) all *= getComputedStyle(it).opacity;
        return all;
    }
    const seen = (element) => {
        const box = element.getBoundingClientRect();
        return (
            box.width > 1 && box.height > 1 && element.checkVisibility({ visibilityProperty: true })
        );
    };
    const short = (element) =>
        `<${element.tagName.toLowerCase()}${
            (element.className?.baseVal ?? element.className)
                ? `.${String(element.className.baseVal ?? element.className)
                      .replace(/svelte-\w+/g, '')
                      .trim()
                      .replace(/\s+/g, '.')}`
                : ''
        }> “${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40)}”`;
    const failures = new Map();
    const fail = (what, element) => {
        const key = `${what.replace(/[\d.]+/g, '#')} ${element.tagName}.${element.className?.baseVal ?? element.className}`;
        if (!failures.has(key)) failures.set(key, `${what}: ${short(element)}`);
    };

    // Under a dialog nothing else can be read or reached.
    const root = document.querySelector('dialog[open]') ?? document.body;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (!node.data.trim() || !element || !seen(element) || element.closest('.unseen')) continue;
        if (element.closest(':disabled, [aria-disabled=true]')) continue;
        const style = getComputedStyle(element);
        const svg = element.closest('svg');
        let behind = ground(element);
        if (svg) {
            // Within a picture the ground is the shape right before the text.
            const shape = element.closest('g')?.querySelector(':scope > rect');
            if (shape) behind = over(parts(getComputedStyle(shape).fill), behind);
        }
        const colour = parts(svg ? style.fill : style.color);
        colour[3] *= opacity(element);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        const found = contrast(over(colour, behind), behind);
        if (found < (large ? LARGE : TEXT)) fail(`text has contrast ${found.toFixed(2)}`, element);
    }

    const controls = 'a[href], button, input, select, textarea, summary, [tabindex], [role=button]';
    for (const element of root.querySelectorAll(controls)) {
        if (!seen(element)) continue;
        const role = element.getAttribute('role');
        if (element.getAttribute('tabindex') === '-1' && !element.matches('button, input, a[href]'))
            continue;
        const labels = [
            element.getAttribute('aria-label'),
            ...(element.getAttribute('aria-labelledby') ?? '')
                .split(' ')
                .map((it) => it && document.getElementById(it)?.textContent),
            ...[...(element.labels ?? [])].map((it) => it.textContent),
            element.textContent,
            element.getAttribute('title'),
        ];
        if (!labels.some((it) => it?.trim())) fail('has no name', element);
        if (
            element.tabIndex >= 0 &&
            !role &&
            !element.matches('a, button, input, select, textarea, summary, main')
        )
            fail('takes the keyboard and has no role', element);
        if (element.matches('input:not([type=checkbox]), select, textarea')) {
            const style = getComputedStyle(element);
            const edged = parseFloat(style.borderTopWidth) > 0 ? element : element.parentElement;
            const edge = parts(getComputedStyle(edged).borderTopColor);
            const behind = ground(edged.parentElement);
            const found = contrast(over(edge, behind), behind);
            if (edge[3] > 0 && found < MARK && !element.closest('dialog'))
                fail(`edge has contrast ${found.toFixed(2)}`, edged);
        }
    }
    for (const element of root.querySelectorAll('img, svg:not([aria-hidden=true]):not([role])')) {
        if (
            seen(element) &&
            !element.closest('[aria-hidden=true]') &&
            !element.getAttribute('aria-label') &&
            !element.getAttribute('alt')
        )
            fail('picture is neither named nor hidden', element);
    }
    return [...failures.values()];
}

/** Runs in the page: what has the keyboard, how that is marked, and whether it was met before. */
function stop() {
    window.met ??= new Set();
    let element = document.activeElement;
    if (!element || element === document.body) return { end: true };
    const again = window.met.has(element);
    window.met.add(element);
    const active = element.getAttribute('aria-activedescendant');
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    const shadowed = style.boxShadow !== 'none';
    // A field within a frame may leave the mark to that.
    const frame = element.parentElement ? getComputedStyle(element.parentElement) : style;
    const framed = frame.outlineStyle !== 'none' && parseFloat(frame.outlineWidth) >= 1;
    const box = element.getBoundingClientRect();
    const inside =
        box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const name = `<${element.tagName.toLowerCase()}> “${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40)}”`;
    return {
        again,
        name,
        marked:
            outlined || shadowed || framed || Boolean(active && document.getElementById(active)),
        inside,
    };
}

/** Runs in the page: what can be clicked and was never met, itself or the widget that it is in. */
function missed() {
    const met = window.met ?? new Set();
    const root = document.querySelector('dialog[open]') ?? document.body;
    const out = new Map();
    for (const element of root.querySelectorAll('a[href], button, input, select, summary')) {
        if (!element.checkVisibility({ visibilityProperty: true }) || element.disabled) continue;
        // What has a key of its own needs no stop.
        if (met.has(element) || element.getAttribute('aria-keyshortcuts')) continue;
        // Within these the arrows go on.
        const widget = element.closest(
            '[role=grid], [role=treegrid], [role=listbox], [role=tablist], [role=tree], [role=menu], [role=radiogroup], [role=slider]',
        );
        if (widget && (met.has(widget) || [...met].some((it) => widget.contains(it)))) continue;
        const name = `<${element.tagName.toLowerCase()}> “${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)}”`;
        out.set(`${element.tagName}${element.className}`, name);
    }
    return [...out.values()];
}

const server = await preview({ preview: { port: 0, open: false } });
const base = server.resolvedUrls?.local[0];
const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
});
let failed = 0;
for (const colorScheme of themes) {
    for (const it of wanted) {
        const [, name, address, steps = ''] = /^([^=]+)=([^|]*)(?:\|(.*))?$/.exec(it) ?? [];
        const page = await browser.newPage({
            viewport: { width: 1280, height: 800 },
            colorScheme,
            reducedMotion: 'reduce',
        });
        const fail = (text) => {
            failed++;
            console.log(`${colorScheme} ${name}: ${text}`);
        };
        await page.addInitScript({ path: shell });
        await page.goto(`${base}${address}`);
        const drawn = () =>
            document.querySelector('main')?.childElementCount &&
            !document.querySelector('[aria-busy=true]');
        await page
            .waitForFunction(drawn, undefined, { timeout: 20_000, polling: 100 })
            .catch(() => fail('waits'));
        await page.waitForTimeout(400);
        for (const step of steps.split('|').filter(Boolean)) {
            if (step.startsWith('=')) await page.keyboard.type(step.slice(1));
            else if (step.startsWith('@')) await page.click(step.slice(1));
            else await page.keyboard.press(step);
            await page.waitForTimeout(300);
        }
        for (const text of await page.evaluate(measured, { TEXT, LARGE, MARK })) fail(text);
        // The order of the keyboard does not depend on the theme.
        if (colorScheme === themes[0]) {
            let stops = 0;
            // The keyboard may begin in the middle: once round from wherever that is.
            for (let ends = 0; stops < STOPS_MAX; stops++) {
                await page.keyboard.press('Tab');
                const at = await page.evaluate(stop);
                if (at.end && ends++ === 0) continue;
                if (at.end || at.again) break;
                if (!at.marked) fail(`the keyboard is not seen on ${at.name}`);
                if (!at.inside) fail(`the keyboard is out of sight on ${at.name}`);
            }
            if (stops === STOPS_MAX) fail('Tab has no end');
            for (const text of await page.evaluate(missed))
                fail(`not reached by keyboard: ${text}`);
        }
        await page.close();
    }
}
await browser.close();
await server.close();
console.log(`${wanted.length} screens, ${themes.join(' and ')}: ${failed} failures`);
process.exit(failed > 0 ? 1 : 0);
