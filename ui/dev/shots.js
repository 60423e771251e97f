// Pictures of screens to be looked at, of the built page, under the policy of the window, against
// real data: `npm run preview:shots -- FOLDER NAME=ADDRESS…`. Behind a `|` come keys to press,
// `=text` to type and `@selector` to click. Whatever the console complains of ends it with 1, a
// violation of the policy included. `THEMES`, `SIZE`, `WAIT` and `CHROMIUM` are variables.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { preview } from 'vite';

const [folder = 'shots', ...given] = process.argv.slice(2);
const wanted =
    given.length > 0
        ? given
        : [
              'overview=#/overview',
              'sources=#/sources',
              'identities=#/identities',
              'suggestions=#/identities?show=suggestions',
              'bridge=#/bridge/memory.people|@button[type=submit]',
              'palette=#/overview|Control+k|=read',
              'keys=#/overview|?',
          ];
const themes = (process.env['THEMES'] ?? 'light,dark').split(',');
const [width, height] = (process.env['SIZE'] ?? '1280x800').split('x').map(Number);
mkdirSync(folder, { recursive: true });
const shell = fileURLToPath(new URL('shell.js', import.meta.url));

const server = await preview({ preview: { port: 0, open: false } });
const base = server.resolvedUrls?.local[0];
const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
});
let complaints = 0;
for (const colorScheme of themes) {
    for (const it of wanted) {
        const [, name, address, steps = ''] = /^([^=]+)=([^|]*)(?:\|(.*))?$/.exec(it) ?? [];
        const page = await browser.newPage({
            viewport: { width, height },
            colorScheme,
            reducedMotion: 'reduce',
        });
        const complain = (text) => {
            complaints++;
            console.log(`${name}: ${text}`);
        };
        page.on('console', (it) => ['error', 'warning'].includes(it.type()) && complain(it.text()));
        page.on('pageerror', (error) => complain(error.message));
        await page.addInitScript({ path: shell });
        await page.goto(`${base}${address}`);
        const drawn = () =>
            document.querySelector('main')?.childElementCount &&
            !document.querySelector('[aria-busy=true]');
        await page
            .waitForFunction(drawn, undefined, { timeout: 20_000, polling: 100 })
            .catch(() => complain('waits'));
        await page.waitForTimeout(Number(process.env['WAIT'] ?? 300));
        for (const step of steps.split('|').filter(Boolean)) {
            if (step.startsWith('=')) await page.keyboard.type(step.slice(1));
            else if (step.startsWith('@'))
                await page
                    .click(step.slice(1), { timeout: 3_000 })
                    .catch((error) => complain(error.message.slice(0, 600)));
            else await page.keyboard.press(step);
            await page.waitForTimeout(400);
        }
        await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
        await page.close();
    }
}
await browser.close();
await server.close();
process.exit(complaints > 0 ? 1 : 0);
