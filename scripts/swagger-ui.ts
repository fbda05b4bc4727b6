// `npm run swagger-ui`: copies the files of the documentation page from the development package `swagger-ui-dist` to swagger-ui/, with
// their licences. The package itself has 12 MB and reports its installation to its makers: users do not get it.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

export const copied: readonly string[] = [
  'LICENSE',
  'NOTICE',
  'favicon-32x32.png',
  'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt',
  'swagger-ui.css',
];

if (import.meta.main) {
  mkdirSync(join(root, 'swagger-ui'), { recursive: true });
  for (const name of copied)
    copyFileSync(join(root, 'node_modules', 'swagger-ui-dist', name), join(root, 'swagger-ui', name));
}
