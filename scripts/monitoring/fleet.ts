import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import type { Releases } from '../../src/lifecycle/releases.ts';
import { answer, createReceiver } from '../../src/receiver/receiver.ts';
import { createBackend } from '../../test/support/backend.ts';
import { selfSigned } from '../../test/support/certificate.ts';
import { freePort, startDatabaseServer } from '../../test/support/database-server.ts';
import { createClient, createDistributors, createKey } from '../../test/support/event-stream.ts';
import { createSandbox, type Program, type Sandbox } from '../../test/support/process.ts';
import { startRedisServer } from '../../test/support/redis-server.ts';

export interface MonitoredFleet {
  /** Addresses of the pages of metrics. */
  readonly targets: readonly string[];
  /** One round of calls: good ones, refused ones, and ones that fail. */
  call(): Promise<void>;
  /** Kills the dispatcher, the database and Redis. */
  fail(): Promise<void>;
  /** Starts database and Redis again. */
  recover(): Promise<void>;
}

const events = '/api/v1/integration/distributors/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c/events';

/** Starts two gateways, one with workers and one with TLS, and a dispatcher, on MariaDB and Redis. */
export async function startMonitoredFleet(releases: Releases): Promise<MonitoredFleet> {
  const sandbox = createSandbox();
  releases.add(() => sandbox.remove());
  const server = await startDatabaseServer();
  releases.add(() => server.stop());
  const connection = await createConnection(server.url);
  await connection.query('create database monitored');
  await connection.end();
  const redis = await startRedisServer('monitored');
  releases.add(() => redis.stop());
  await writeFiles(sandbox, releases);

  const env = {
    DATABASE_URL: `${server.url}/monitored`,
    REDIS_URL: redis.url,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    RATE_LIMIT_PER_MINUTE: '1000000',
    DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
    DISPATCH_MAX_RETRIES: '1',
    DISPATCH_RETRY_INTERVAL_MS: '1000',
  };
  const authorization = await createKey(env);
  const targets: string[] = [];
  const start = async (more: Readonly<Record<string, string>>): Promise<Program> => {
    const port = await freePort();
    const program = sandbox.start([], { ...env, ...more, METRICS_PORT: String(port) });
    await program.ready();
    targets.push(`127.0.0.1:${port}`);
    return program;
  };
  const url = await (await start({ ROLE: 'gateway', WORKERS: '2' })).ready();
  await start({ ROLE: 'gateway', TLS_CERT_FILE: 'tls.crt', TLS_KEY_FILE: 'tls.key' });
  const dispatcher = await start({ ROLE: 'dispatcher' });

  // Paths /0, /1 and /2 of the receiver.
  const statuses = [200, 500, 404];
  const receiver = await createReceiver(({ path }) => answer(statuses[Number(path.slice(1))] ?? 200, 'ok'));
  releases.add(() => receiver.close());
  const client = createClient(() => url, authorization);
  await createDistributors(client, receiver.url, statuses.length);
  const get = async (target: string, headers: Record<string, string> = {}): Promise<void> => {
    await (await fetch(`${url}/`, { headers: { 'X-Target-Server': target, ...headers } })).text();
  };
  return {
    targets,
    call: async () => {
      await client.post(events, { type: 'order.filled', data: { order_id: '42' } });
      await client.get('/api/v1/integration/deliveries');
      await Promise.all(['fine', 'down', 'broken', 'limited'].map((target) => get(target)));
      await get('integration', { Authorization: 'Bearer wrong' });
    },
    fail: async () => {
      await Promise.all([dispatcher.end('SIGKILL'), server.kill(), redis.kill()]);
    },
    recover: async () => {
      await Promise.all([server.restart(), redis.restart()]);
    },
  };
}

/** A good backend, one that nothing listens for, one that breaks its connections, and a target with a limit. */
async function writeFiles(sandbox: Sandbox, releases: Releases): Promise<void> {
  const fine = await createBackend();
  const broken = await createBackend();
  broken.answer((req) => req.socket.destroy());
  releases.add(() => fine.close());
  releases.add(() => broken.close());
  const target = (url: string, more = ''): string => `{ upstreams: ['${url}'], public: true${more} }`;
  const targets = [
    `fine: ${target(fine.url, ', healthCheck: { path: /, intervalMs: 1000 }')}`,
    `down: ${target(`http://127.0.0.1:${await freePort()}`)}`,
    `broken: ${target(broken.url, ', healthCheck: { path: /, intervalMs: 1000 }')}`,
    `limited: ${target(fine.url, ', rateLimitPerMinute: 10')}`,
  ];
  writeFileSync(join(sandbox.folder, 'targets.yaml'), `targets:\n${targets.map((line) => `  ${line}\n`).join('')}`);
  writeFileSync(join(sandbox.folder, 'tls.crt'), selfSigned.cert);
  writeFileSync(join(sandbox.folder, 'tls.key'), selfSigned.key, { mode: 0o600 });
}
