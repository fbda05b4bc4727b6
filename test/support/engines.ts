import { describe, type TestContext, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts';

type AddTest = (title: string, run: (t: TestContext) => Promise<void>) => void;

export interface TestEngine {
  readonly name: 'sqlite' | 'mysql';
  readonly serverUrl: string | undefined;
  createDatabase(): Promise<TestDatabase>;
  /** Adds a test if this engine is a server; on SQLite it adds none, not even a skipped one. */
  readonly testOnServer: AddTest;
  /** Adds a test if this engine is SQLite. */
  readonly testOnSqlite: AddTest;
}

const addTest: AddTest = (title, run) => void test(title, run);
const addNothing: AddTest = () => undefined;

const engineOf = (name: TestEngine['name'], serverUrl?: string): TestEngine => ({
  name,
  serverUrl,
  createDatabase: () => createTestDatabase(serverUrl),
  testOnServer: name === 'sqlite' ? addNothing : addTest,
  testOnSqlite: name === 'sqlite' ? addTest : addNothing,
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
