import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { createTestDatabase } from '../../src/testing/database.ts';
import { startDatabaseServer } from './database-server.ts';
import { shortTimes } from './event-stream.ts';
import { eventually } from './eventually.ts';
import { createSandbox, type Sandbox } from './process.ts';

/** A target that says which process answers, slowly when it is asked to, and when that was told to read its files again. */
const probePlugin = `
import { existsSync } from 'node:fs';
const route = (path, handler) => ({ method: 'GET', path, summary: path, public: true, answers: { 200: { description: path } }, handler });
export const probe = {
  name: 'probe',
  apiVersion: 1,
  setup: () => {
    if (existsSync('broken')) throw new Error('broken on purpose');
    process.on('SIGHUP', () => console.log('reloaded ' + process.pid));
    return {
      routes: [
        route('/pid', (_req, res) => res.json({ pid: process.pid })),
        route('/work', (_req, res) => setTimeout(() => res.json({ pid: process.pid }), 10)),
        route('/until-stop', (_req, res) => {
          process.once('disconnect', () => setTimeout(() => res.json({ pid: process.pid }), 300));
          console.log('begun');
        }),
      ],
    };
  },
};
`;

export const probeHeaders = { 'X-Target-Server': 'probe' };

export interface WorkersSandbox extends Sandbox {
  /** Settings of two workers on a database of their own, with the target `probe`. */
  readonly env: Readonly<Record<string, string>>;
  /** While it is so, no gateway in this folder can be set up. */
  breakSetup(isBroken: boolean): void;
}

/** A sandbox with a database server for it: the embedded database has one process. */
export async function createWorkersSandbox(): Promise<WorkersSandbox> {
  const sandbox = createSandbox();
  const broken = join(sandbox.folder, 'broken');
  const plugin = join(sandbox.folder, 'probe.mjs');
  writeFileSync(plugin, probePlugin);
  const server = await startDatabaseServer();
  const database = await createTestDatabase(server.url);
  return {
    ...sandbox,
    env: {
      ...shortTimes,
      DATABASE_URL: database.env.DATABASE_URL ?? '',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      PLUGINS: pathToFileURL(plugin).href,
      WORKERS: '2',
    },
    breakSetup: (isBroken) => (isBroken ? writeFileSync(broken, '') : rmSync(broken)),
    remove: async () => {
      await sandbox.remove();
      await database.drop();
      await server.stop();
    },
  };
}

/** The id of the process that answers on a connection of its own. */
export function whoAnswers(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/pid`, { headers: probeHeaders, agent: false }, (answer) => {
      text(answer).then((body) => resolve((JSON.parse(body) as { pid: number }).pid), reject);
    });
    request.once('error', reject);
  });
}

/** Asks until two processes have answered, and gives back their ids. */
export async function bothAt(url: string): Promise<[number, number]> {
  const pids = new Set<number>();
  await eventually(async () => pids.add(await whoAnswers(url)).size === 2);
  return [...pids] as [number, number];
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
