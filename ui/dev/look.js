// Pictures of screens, to be looked at: `node dev/look.js BASE FOLDER NAME=ADDRESS…`. The base is a
// page that is served; `steps` after a `|` are keys and texts to type first.

import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [base, folder, ...wanted] = process.argv.slice(2);
const themes = (process.env['THEMES'] ?? 'light,dark').split(',');
const [width, height] = (process.env['SIZE'] ?? '1280x800').split('x').map(Number);
if (!base || !folder) throw new Error('usage: node dev/look.js BASE FOLDER NAME=ADDRESS…');
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
});
for (const theme of themes) {
    for (const it of wanted) {
        const [, name, address, steps = ''] = /^([^=]+)=([^|]*)(?:\|(.*))?$/.exec(it) ?? [];
        const page = await browser.newPage({
            viewport: { width, height },
            colorScheme: theme,
            reducedMotion: 'reduce',
        });
        page.on('console', (message) => {
            if (['error', 'warning'].includes(message.type())) console.log(name, message.text());
        });
        page.on('pageerror', (error) => console.log(name, error.message));
        await page.goto(`${base}${address}`);
        await page.waitForTimeout(Number(process.env['WAIT'] ?? 900));
        for (const step of steps.split('|').filter(Boolean)) {
            if (step.startsWith('=')) await page.keyboard.type(step.slice(1));
            else if (step.startsWith('@')) await page.click(step.slice(1));
            else await page.keyboard.press(step);
            await page.waitForTimeout(350);
        }
        await page.screenshot({ path: `${folder}/${name}-${theme}.png` });
        await page.close();
    }
}
await browser.close();
