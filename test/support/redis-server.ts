import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './database-server.ts';
import { installDebianPackage } from './debian-package.ts';
import { eventually } from './eventually.ts';
import { spawnChild } from './spawn-child.ts';

/** A Redis of the test's own, on a free port of the loopback address, which keeps nothing when it ends. */
export interface RedisServer {
  /** `redis://:<password>@127.0.0.1:<port>` */
  readonly url: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Holds it still, with its connections open, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Starts it on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const advice = 'The tests need Redis. Install redis-server (Debian: apt-get install redis-server).';

function findRedis(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/local/bin'];
  return folders.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path));
}

/** Makes sure that the machine has a Redis, installing one where that is allowed. */
export function requireRedis(): string {
  if (!findRedis()) installDebianPackage('redis-server', advice);
  const program = findRedis();
  if (program === undefined) throw new Error(advice);
  return program;
}

export async function startRedisServer(password: string): Promise<RedisServer> {
  const program = requireRedis();
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-redis-'));
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--requirepass', password];
  let server: ChildProcess | undefined;

  const restart = async (): Promise<void> => {
    server = spawnChild(program, [...args, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
    await eventually(() => isListening(port));
  };
  const kill = async (): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  };

  await restart();
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    kill,
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    restart,
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
