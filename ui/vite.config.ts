// How the page is built: one document, no inline script or style, nothing fetched from elsewhere.

import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { bridge } from './dev/bridge.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: './',
  plugins: [svelte(), bridge()],
  resolve: {
    alias: { '$ipc-schema': at('../ipc-schema'), $: at('./src') },
    // Tests mount components, so they need the browser's half of Svelte.
    conditions: process.env['VITEST'] ? ['browser'] : undefined,
  },
  server: { fs: { allow: [at('.'), at('../ipc-schema')] } },
  build: {
    target: ['es2022', 'safari16.4'],
    // The helper would run as an inline script, and files under 4 KiB would become data: addresses.
    modulePreload: false,
    assetsInlineLimit: 0,
    // One sheet and one chunk for what every screen needs: a request costs more than a kilobyte.

    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'kit',
              test: /node_modules[\\/](svelte|clsx|esm-env)|[\\/]src[\\/](ipc|lib|kit[\\/][^\\/]+$)/,
            },
            // What the editors share, loaded when either is first needed.
            {
              name: 'editor',
              test: /node_modules[\\/](@codemirror|@lezer|@marijn|style-mod|crelt|w3c-keyname)|[\\/]src[\\/]kit[\\/]editor/,
            },
          ],
        },
      },
    },
    reportCompressedSize: false,
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'dev/**/*.test.ts'],
    restoreMocks: true,
  },
});
