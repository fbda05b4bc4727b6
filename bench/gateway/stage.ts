import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import type { Releases } from '../../src/lifecycle/releases.ts';
import { startDatabaseServer } from '../../test/support/database-server.ts';
import type { Shot } from '../support/load.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

/** A database with an API key, and the servers of the suite. The releases end everything. */
export interface Stage {
  readonly databaseVersion: string;
  readonly databaseUrl: string;
  start(script: string, env?: Readonly<Record<string, string>>): Promise<ServerProcess>;
  /** A token of the organization `bench` from the gateway at `url`. */
  signIn(url: string): Promise<string>;
}

export const gatewayScript = 'bin/hookgate.mjs';
export const bareScript = 'bench/gateway/bare.ts';
export const librariesScript = 'bench/gateway/libraries.ts';

const root = join(import.meta.dirname, '..', '..');

export async function setStage(releases: Releases): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-bench-'));
  releases.add(() => rmSync(folder, { recursive: true, force: true }));
  const database = await startDatabaseServer({ durable: true });
  releases.add(() => database.stop());
  const databaseVersion = await createDatabase(database.url);
  const env = {
    DATABASE_URL: `${database.url}/bench`,
    DATA_DIR: folder,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PORT: '0',
    METRICS_PORT: '0',
    // The rounds create more than the default allows.
    MAX_DISTRIBUTORS: '10000000',
  };
  return {
    databaseVersion,
    databaseUrl: env.DATABASE_URL,
    start: async (script, more) => {
      const server = await startServer(script, { ...env, ...more }, join(folder, 'log'));
      releases.add(() => server.stop());
      return server;
    },
    signIn: (url) => signIn(url, createKey(env)),
  };
}

async function createDatabase(url: string): Promise<string> {
  const connection = await createConnection(url);
  await connection.query('create database bench');
  const [rows] = await connection.query('select version() as version');
  await connection.end();
  return (rows as { version: string }[])[0]?.version ?? '';
}

/** Creates an API key of the organization `bench` on the command line, like an operator; returns it as JSON. */
export function createKey(env: Record<string, string>): string {
  const scope = 'integration:read integration:write';
  const options = ['--org', 'bench', '--email', 'bench@example.com', '--scope', scope, '--json'];
  return execFileSync(process.execPath, [gatewayScript, 'keys', 'create', ...options], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
}

/** Exchanges the key for a token at the gateway at `url`. */
export async function signIn(url: string, key: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/integration/auth/authenticate`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Target-Server': 'authentication' },
    body: key,
  });
  if (answer.status !== 200) throw new Error(`Signing in failed with ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

const distributor = JSON.stringify({
  meta: {
    host: 'https://example.com',
    path: '/webhook',
    method: 1,
    authentication: { type: 1, username: 'user', password: 'pass' },
  },
});

/** The request that creates a distributor below `path`. */
export function creationAt(path: string, headers: Readonly<Record<string, string>> = {}): Shot {
  return {
    url: `${path}/${randomUUID()}`,
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: distributor,
  };
}

/** Sends the request once and resolves to the id of the created resource. */
export async function createOne({ url, headers = {}, body = '' }: Shot): Promise<string> {
  const answer = await fetch(url, { method: 'POST', headers, body });
  if (answer.status !== 201) throw new Error(`Creating failed with ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}
