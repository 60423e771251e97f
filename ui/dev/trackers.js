// Trackers in a real browser, unmodified, against the collector: `node dev/trackers.js PROGRAM`. Our own comes
// from the collector; Plausible's from the folder `TRACKERS` names (`plausible.js`, its npm package's file),
// Umami's (`umami.js`, its built script) and GoatCounter's (`count.js`) too. A tracker whose file is missing is
// left out, and said so. Everything lies in a folder that is gone afterwards. Ends with 1 where anything was
// counted otherwise than it was done.

import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const program = resolve(process.argv[2] ?? '../target/debug/backstory');
const folder = process.env['TRACKERS'] ?? '';
const home = mkdtempSync(join(tmpdir(), 'backstory-trackers-'));
const environment = { ...process.env, BACKSTORY_HOME: home };

/** The pages' part of each tracker, by the site that has it: its script, and how an event is told. */
const TRACKERS = {
    'own.test': {
        file: null,
        head: (to) => `<script defer src="${to}/b.js" data-site="own.test"></script>`,
        event: `window.backstory('signup', { plan: 'pro' })`,
    },
    'umami.test': {
        file: 'umami.js',
        head: (to) =>
            `<script defer src="/umami.js" data-website-id="11111111-2222-4333-8444-555555555555" data-host-url="${to}"></script>`,
        event: `window.umami.track('signup', { plan: 'pro' })`,
    },
    'plausible.test': {
        file: 'plausible.js',
        head: (to) =>
            `<script type="module">import { init, track } from '/plausible.js'; window.track = track; init({ domain: 'plausible.test', endpoint: '${to}/api/event', outboundLinks: true });</script>`,
        event: `window.track('signup', { props: { plan: 'pro' } })`,
    },
    'goat.test': {
        file: 'count.js',
        // It counts no page by itself that is reached without loading one, and its events have no properties.
        head: (to) => `<script defer src="/count.js" data-goatcounter="${to}/count"></script>`,
        event: `window.goatcounter.count({ path: 'signup', title: 'signup', event: true })`,
        loadsOnly: true,
    },
};

function listening(server) {
    return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
}

/** A port that nobody has: the collector opens it a moment later. */
async function free() {
    const server = createServer();
    const port = await listening(server);
    await new Promise((done) => server.close(done));
    return port;
}

const ask = (method, params) =>
    JSON.parse(
        execFileSync(program, ['call', method, JSON.stringify(params)], { env: environment }),
    );

let failed = 0;
function expect(what, seen, wanted) {
    const same = JSON.stringify(seen) === JSON.stringify(wanted);
    if (!same) failed += 1;
    console.log(
        `${same ? 'ok  ' : 'FAIL'} ${what}: ${JSON.stringify(seen)}${same ? '' : `, not ${JSON.stringify(wanted)}`}`,
    );
}

const collector = await free();
const to = `http://stats.test:${collector}`;
const pages = createServer((request, response) => {
    const site = (request.headers.host ?? '').split(':')[0];
    const tracker = TRACKERS[site];
    const path = new URL(request.url, 'http://x').pathname;
    if (tracker?.file && path === `/${tracker.file}`) {
        response.setHeader('content-type', 'text/javascript');
        return response.end(readFileSync(join(folder, tracker.file)));
    }
    if (!tracker || !/^\/[a-z]*$/.test(path) || path === '/favicon') {
        response.statusCode = 404;
        return response.end();
    }
    response.setHeader('content-type', 'text/html');
    response.end(
        `<!doctype html><title>${path}</title>${tracker.head(to)}<h1>${path}</h1><div style="height:3000px"></div>` +
            `<a id="out" href="http://elsewhere.test:${pages.address().port}/x">out</a>`,
    );
});
const port = await listening(pages);

for (const [site, tracker] of Object.entries(TRACKERS)) {
    if (tracker.file && !existsSync(join(folder, tracker.file))) {
        console.log(
            `left out: ${site}, for there is no ${tracker.file} in ${folder || 'TRACKERS'}`,
        );
        delete TRACKERS[site];
        continue;
    }
    const aliases = site === 'umami.test' ? ['11111111-2222-4333-8444-555555555555'] : [];
    ask('analytics.addSite', { site, aliases });
}

const serving = spawn(program, ['serve', '--collect', `127.0.0.1:${collector}`], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
});
await new Promise((done) => serving.stdout.once('data', done));

const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    // Headless Chromium says of itself that a program drives it; these trackers would tell, and be told apart.
    args: [
        '--host-resolver-rules=MAP *.test 127.0.0.1',
        '--no-sandbox',
        '--disable-blink-features=AutomationControlled',
    ],
});
try {
    for (const [site, tracker] of Object.entries(TRACKERS)) {
        const context = await browser.newContext({
            userAgent:
                'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
        });
        const page = await context.newPage();
        const wrong = [];
        page.on(
            'console',
            (it) => it.type() === 'error' && !it.text().includes('404') && wrong.push(it.text()),
        );
        await page.goto(`http://${site}:${port}/?utm_source=letter&utm_campaign=may`);
        await page.waitForTimeout(800);
        await page.evaluate(() => history.pushState({}, '', '/pricing'));
        await page.waitForTimeout(600);
        await page.evaluate(tracker.event);
        await page.waitForTimeout(600);
        await page.goto(`http://${site}:${port}/docs`);
        await page.waitForTimeout(800);
        await page.evaluate(() => scrollTo(0, 2000));
        await page.waitForTimeout(3500); // so long that engaged time is worth telling
        await page.close();
        await new Promise((done) => setTimeout(done, 800));
        const cookies = await context.cookies();
        await context.close();
        expect(`${site}: nothing wrong in the page`, wrong, []);
        expect(`${site}: no cookie`, cookies.length, 0);
        const rows = (dimension) =>
            ask('analytics.breakdown', { site, dimension, order: 'value', bots: true }).rows;
        const paths = tracker.loadsOnly ? ['/', '/docs'] : ['/', '/docs', '/pricing'];
        expect(
            `${site}: pages`,
            rows('page')
                .filter((it) => it.views > 0)
                .map((it) => it.value),
            paths,
        );
        expect(
            `${site}: each seen once`,
            rows('page')
                .filter((it) => it.views > 0)
                .map((it) => it.views),
            paths.map(() => 1),
        );
        expect(
            `${site}: event`,
            rows('event')
                .filter((it) => it.value)
                .map((it) => [it.value, it.events]),
            [['signup', 1]],
        );
        if (!tracker.loadsOnly) {
            expect(
                `${site}: its property`,
                rows('property:plan')
                    .filter((it) => it.value)
                    .map((it) => it.value),
                ['pro'],
            );
        }
        expect(
            `${site}: campaign`,
            rows('utm_campaign').map((it) => it.value),
            ['may'],
        );
        const { totals } = ask('analytics.totals', { site, bots: true });
        expect(
            `${site}: one visit of one visitor, no bounce`,
            [totals.visitors, totals.visits, totals.bounces],
            [1, 1, 0],
        );
    }
} finally {
    await browser.close();
    serving.kill('SIGTERM');
    await new Promise((done) => serving.once('exit', done));
    pages.close();
    rmSync(home, { recursive: true, force: true });
}
console.log(failed ? `${failed} facts do not hold` : 'all of it was counted as it was done');
process.exit(failed ? 1 : 0);
