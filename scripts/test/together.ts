import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);

/** Runs test files, named by their paths in the project, one after the other in this process. */
export function runTogether(files: readonly string[]): void {
  // A suite is the scope of the hooks of its file. `import` would load the file after the suite is complete.
  for (const file of files) describe(file, () => void require(join(root, file)));
}
