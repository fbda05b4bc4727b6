import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', 'migrations', 'integration');

/** Name of the migration that a rollback of the built-in targets reverts first. */
export const newestMigration = `integration/${readdirSync(folder).sort().at(-1)?.replace(/\.ts$/, '')}`;
