import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';

/** A MariaDB or MySQL server of the test's own, in a temporary folder on a free port of the loopback address. */
export interface DatabaseServer {
  /** `mysql://root@127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Ends the server at once, as a crash would. */
  kill(): Promise<void>;
  /** Holds the server still, with its connections open, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

export interface DatabaseServerOptions {
  /** Every commit reaches the disk, as on a server that is not a test's. Default: the operating system's memory is enough. */
  durable?: boolean;
  /** What it may keep of its tables in memory. Default: 256. */
  bufferPoolMb?: number;
}

const startTimeoutMs = 60_000;

/** Full path of a server's program, or undefined when the machine has none. */
export function findServerProgram(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return ['mariadbd', 'mysqld']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

export async function startDatabaseServer(options: DatabaseServerOptions = {}): Promise<DatabaseServer> {
  const { durable = false, bufferPoolMb = 256 } = options;
  const program = findServerProgram();
  if (!program) throw new Error('There is no mariadbd or mysqld on this machine.');
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-db-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  initialise(program, data, user);

  const args = [
    '--no-defaults',
    ...user,
    `--datadir=${data}`,
    `--socket=${join(folder, 's')}`,
    `--pid-file=${join(folder, 'pid')}`,
    // A server that starts clears its temporary folder, also of what another one is using.
    `--tmpdir=${folder}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    `--innodb-buffer-pool-size=${bufferPoolMb}M`,
    '--max-connections=500',
    // Tests kill the server's process, never the machine: the operating system keeps what was written.
    ...(durable ? [] : ['--innodb-flush-log-at-trx-commit=2']),
  ];
  let server: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    server = spawn(program, args, { stdio: 'ignore' });
    await waitUntilUp(port, server);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };

  await start();
  return {
    url: `mysql://root@127.0.0.1:${port}`,
    port,
    kill: () => end('SIGKILL'),
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    restart: start,
    stop: async () => {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function initialise(program: string, data: string, user: string[]): void {
  const quiet = { stdio: 'ignore' } as const;
  if (program.endsWith('mysqld')) {
    execFileSync(program, ['--no-defaults', ...user, '--initialize-insecure', `--datadir=${data}`], quiet);
    return;
  }
  const basic = [
    '--no-defaults',
    ...user,
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ];
  execFileSync('mariadb-install-db', basic, quiet);
}

async function waitUntilUp(port: number, server: ChildProcess): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`The database server ended with code ${server.exitCode}.`);
    try {
      const connection = await createConnection({ host: '127.0.0.1', port, user: 'root', connectTimeout: 1000 });
      await connection.end();
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error('The database server did not come up.');
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
