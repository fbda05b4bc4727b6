import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Releases } from '../../src/lifecycle/releases.ts';
import { createKey, gatewayScript, signIn } from '../gateway/stage.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { type Stage, startRedis } from './stage.ts';

/** A service that accepts events over HTTP and posts them to the sink, in one process. */
export interface Service {
  readonly name: string;
  readonly server: ServerProcess;
  readonly headers: Readonly<Record<string, string>>;
  /** URLs that each send an event to another endpoint. */
  readonly eventUrls: readonly string[];
  /** The URL that sends an event to this number of endpoints. */
  fanOutUrl(endpoints: number): string;
  /** Process of the Redis that it uses, if it does. */
  readonly redisPid: number | undefined;
}

export const endpoints = 100;
const base = '/api/v1/integration/distributors';
/** One for all gateways of a run, which use the same database one after the other. */
const encryptionKey = randomBytes(32).toString('base64');

/** Starts the gateway with its default settings, and Express with BullMQ on Redis with two ways of flushing. */
export async function startServices(
  stage: Stage,
  releases: Releases,
  { fanOuts = [], env: more = {} }: { fanOuts?: readonly number[]; env?: Readonly<Record<string, string>> } = {},
): Promise<readonly Service[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-bench-'));
  releases.add(() => rmSync(folder, { recursive: true, force: true }));
  const start = async (script: string, env: Readonly<Record<string, string>>): Promise<ServerProcess> => {
    const server = await startServer(script, { ...env, ...more }, join(folder, 'log'));
    releases.add(() => server.stop());
    return server;
  };
  const withBullMq = async (name: string, { port, pid }: Stage['redis']): Promise<Service> => {
    const env = { REDIS_PORT: String(port), TARGET: stage.target, NODE_ENV: 'production' };
    const server = await start('bench/dispatcher/service.ts', env);
    return {
      name,
      server,
      headers: {},
      eventUrls: Array.from({ length: endpoints }, (_, id) => `${server.url}/distributors/${id}/events`),
      fanOutUrl: (count) => `${server.url}/nodes/${count}/events`,
      redisPid: pid,
    };
  };
  return [
    await startGateway(stage, folder, start, fanOuts),
    await withBullMq('Express + BullMQ, everysec', await startRedis(releases, 'everysec')),
    await withBullMq('Express + BullMQ, always', await startRedis(releases, 'always')),
  ];
}

async function startGateway(
  stage: Stage,
  folder: string,
  start: (script: string, env: Readonly<Record<string, string>>) => Promise<ServerProcess>,
  fanOuts: readonly number[],
): Promise<Service> {
  const env = {
    DATABASE_URL: stage.env.DATABASE_URL ?? '',
    DATA_DIR: folder,
    ENCRYPTION_KEY: encryptionKey,
    PORT: '0',
    METRICS_PORT: '0',
    DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
  };
  const server = await start(gatewayScript, env);
  const token = await signIn(server.url, createKey(env));
  const headers = { 'X-Target-Server': 'integration', Authorization: `Bearer ${token}` };

  async function createNode(distributors: number): Promise<{ url: string; ids: string[] }> {
    const url = `${server.url}${base}/nodes/${randomUUID()}`;
    const body = JSON.stringify({ meta: { host: stage.target, path: '/hook', method: 2 } });
    const ids: string[] = [];
    for (let made = 0; made < distributors; made += 1) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body,
      });
      if (answer.status !== 201) throw new Error(`Creating a distributor failed: ${await answer.text()}`);
      ids.push(((await answer.json()) as { id: string }).id);
    }
    return { url, ids };
  }

  const { ids } = await createNode(endpoints);
  const nodes = new Map<number, string>();
  for (const count of fanOuts) nodes.set(count, `${(await createNode(count)).url}/events`);
  return {
    name: 'hookgate',
    server,
    headers,
    eventUrls: ids.map((id) => `${server.url}${base}/${id}/events`),
    fanOutUrl: (count) => nodes.get(count) ?? '',
    redisPid: undefined,
  };
}
