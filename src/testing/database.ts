import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../settings.ts';

/** A separate database for one test, with the settings that select it. */
export interface TestDatabase {
  /** `DATABASE_URL`, `DATA_DIR` and `ENCRYPTION_KEY`. */
  readonly env: Environment;
  /** Removes the database and its files. Close its gateways before. */
  drop(): Promise<void>;
}

/**
 * Creates an empty database: a SQLite file in a temporary folder, or a new database on the MySQL or MariaDB server at
 * `serverUrl` (`mysql://user:password@host:port`).
 */
export async function createTestDatabase(serverUrl?: string): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-test-'));
  const base = { DATA_DIR: folder, ENCRYPTION_KEY: randomBytes(32).toString('base64') };
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  if (serverUrl === undefined) {
    return { env: { ...base, DATABASE_URL: `sqlite:${join(folder, 'test.db')}` }, drop: async () => removeFolder() };
  }
  const name = `hookgate_test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    env: { ...base, DATABASE_URL: url.href },
    drop: async () => {
      removeFolder();
      await onServer(serverUrl, `drop database if exists ${name}`);
    },
  };
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const { createConnection } = await import('mysql2/promise');
  const { hostname, port, username, password } = new URL(serverUrl);
  const connection = await createConnection({
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  });
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
