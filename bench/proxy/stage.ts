import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Releases } from '../../src/lifecycle/releases.ts';
import { freePort } from '../../test/support/database-server.ts';
import { createKey, gatewayScript, signIn } from '../gateway/stage.ts';
import type { Shot } from '../support/load.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { type Load, startLoad } from './load.ts';
import { startNginxBackend } from './nginx.ts';

/** A gateway with a token that is valid there. */
export interface Gateway {
  readonly server: ServerProcess;
  readonly logFile: string;
  /** Headers that a request for a target needs. */
  headersFor(target: Target): Readonly<Record<string, string>>;
}

/** Backends and load generators. The releases end everything. */
export interface Stage {
  readonly releases: Releases;
  /** nginx: short responses everywhere, a large one at `/file`. */
  readonly backend: ServerProcess;
  readonly load: Load;
  /** Starts a script of this folder; `BACKEND` has the address of its backend (default: nginx). */
  start(script: string, env?: Readonly<Record<string, string>>): Promise<ServerProcess>;
  /** Starts a gateway with every feature on unless `env` changes that. `backends` are added to nginx. */
  startGateway(backends?: Partial<Backends>, env?: Readonly<Record<string, string>>): Promise<Gateway>;
}

/** Backend addresses by target of the gateway: `public` is `backend` without authentication. */
export type Target = 'backend' | 'public' | 'sink' | 'sockets';
export type Backends = Readonly<Record<Target, string>>;

/** A path with a query, as in typical calls. */
export const path = '/v1/orders/4711?expand=lines';

export async function setStage(releases: Releases): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-bench-'));
  releases.add(() => rmSync(folder, { recursive: true, force: true }));
  const backend = await startNginxBackend(releases);
  const start = async (script: string, env: Readonly<Record<string, string>>, logFile: string) => {
    const server = await startServer(script, env, logFile);
    releases.add(() => server.stop());
    return server;
  };
  return {
    releases,
    backend,
    load: startLoad(releases),
    start: (script, env) =>
      start(join(import.meta.dirname, script), { BACKEND: backend.url, ...env }, join(folder, 'log')),
    startGateway: async (backends, more) => {
      const own = mkdtempSync(join(folder, 'gateway-'));
      const env = await gatewayEnv(own, { backend: backend.url, public: backend.url, ...backends }, more);
      const key = createKey(env);
      const logFile = join(own, 'log');
      const server = await start(gatewayScript, env, logFile);
      const token = await signIn(server.url, key);
      return {
        server,
        logFile,
        headersFor: (target) => ({ 'X-Target-Server': target, Authorization: `Bearer ${token}` }),
      };
    },
  };
}

async function gatewayEnv(
  folder: string,
  backends: Partial<Backends>,
  more: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const file = join(folder, 'targets.yaml');
  writeFileSync(file, toTargets(backends));
  return {
    DATABASE_URL: `sqlite:${join(folder, 'bench.db')}`,
    DATA_DIR: folder,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PORT: '0',
    METRICS_PORT: String(await freePort()),
    RATE_LIMIT_PER_MINUTE: '10000000',
    TARGETS_FILE: file,
    ...more,
  };
}

const toTargets = (backends: Partial<Backends>): string =>
  stringify({
    targets: Object.fromEntries(
      Object.entries(backends).map(([name, upstream]) => [
        name,
        {
          upstreams: [upstream],
          ...(name === 'public' ? { public: true } : {}),
          ...(name === 'sockets' ? { websocket: { enabled: true } } : {}),
        },
      ]),
    ),
  });

/** A short call to the backend through a server. */
export const shotAt = (server: ServerProcess): Shot => ({ url: `${server.url}${path}` });

export const shotThrough = ({ server, headersFor }: Gateway, target: Target = 'backend'): Shot => ({
  ...shotAt(server),
  headers: headersFor(target),
});
