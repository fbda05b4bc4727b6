import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const toBrotli = promisify(brotliCompress);

/** Writes `app.js.br` beside `app.js` and so on, at the highest level: 7 % smaller than a gateway has the time for. */
const compressed: Plugin = {
  name: 'compressed',
  async writeBundle({ dir = '' }, bundle) {
    const names = Object.keys(bundle).filter((name) => /\.(?:js|css|svg|html)$/.test(name));
    await Promise.all(
      names.map(async (name) => {
        const path = join(dir, name);
        await writeFile(`${path}.br`, await toBrotli(await readFile(path)));
      }),
    );
  },
};

export default defineConfig({
  root: here('.'),
  base: '/console/',
  plugins: [
    paraglideVitePlugin({
      project: here('./project.inlang'),
      outdir: here('./src/texts'),
      strategy: ['localStorage', 'preferredLanguage', 'baseLocale'],
      localStorageKey: 'language',
      // A module per text, so that a page loads its own texts.
      outputStructure: 'message-modules',
    }),
    react(),
    tailwind(),
    compressed,
  ],
  resolve: { alias: { 'hookgate/client': here('../../../src/client/client.ts') } },
  build: {
    outDir: here('../dist'),
    emptyOutDir: true,
    // Preloads are added by a script that sets `src` and `href`, which Trusted Types refuse.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Licences of the packages whose code the pages contain.
    license: { fileName: 'licenses.md' },
    target: 'es2023',
    rolldownOptions: {
      output: {
        // The packages of all pages are one file, which a release of the console leaves as it is in the browsers' caches. Charts and long lists
        // come with the pages that have them.
        codeSplitting: {
          groups: [{ name: 'packages', test: /node_modules\/(?!uplot|@tanstack\/(?:react-)?virtual)/ }],
        },
      },
    },
  },
});
