import { describe } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../src/testing/index.ts';

export interface TestEngine {
  readonly name: 'sqlite' | 'mysql';
  readonly serverUrl: string | undefined;
  createDatabase(): Promise<TestDatabase>;
}

const engineOf = (name: TestEngine['name'], serverUrl?: string): TestEngine => ({
  name,
  serverUrl,
  createDatabase: () => createTestDatabase(serverUrl),
});

const serverUrl = process.env.TEST_DATABASE_URL;

/** SQLite, and the server of `TEST_DATABASE_URL`, which `npm test` always sets. */
export const engines: readonly TestEngine[] = [
  engineOf('sqlite'),
  ...(serverUrl ? [engineOf('mysql', serverUrl)] : []),
];

/** Defines a suite once for every engine. */
export function onEveryEngine(title: string, suite: (engine: TestEngine) => void): void {
  for (const engine of engines) describe(`${title} (${engine.name})`, () => suite(engine));
}
