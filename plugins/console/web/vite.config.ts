import { fileURLToPath } from 'node:url';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

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
  },
});
