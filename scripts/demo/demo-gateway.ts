import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ApiKey, type Client, createClient } from '../../src/client/client.ts';
import type { Releases } from '../../src/lifecycle/releases.ts';

/** A gateway as started by `npm start`, in a temporary folder. */
export interface DemoGateway {
  readonly url: string;
  /** A client with the demo's API key. */
  readonly client: Client;
}

export const organization = 'myorg';
const email = 'joe@example.com';
const program = join(import.meta.dirname, '..', '..', 'bin', 'hookgate.mjs');

export async function startDemoGateway(releases: Releases, settings: Record<string, string>): Promise<DemoGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-demo-'));
  releases.add(() => rmSync(folder, { recursive: true, force: true }));
  // Without the environment of the shell: its settings may name a real database, which the demo must not write to.
  const options = {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: '0', METRICS_PORT: '0', DEMO: 'true', ...settings },
  };
  const child = spawn(process.execPath, [program], { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
  releases.add(async () => {
    const exited = once(child, 'exit');
    if (child.kill('SIGTERM')) await exited;
  });
  const url = await addressIn(child.stdout);

  const scope = 'integration:read integration:write';
  const credentials = JSON.parse(
    execFileSync(
      process.execPath,
      [program, 'keys', 'create', '--org', organization, '--email', email, '--scope', scope, '--json'],
      { ...options, encoding: 'utf8' },
    ),
  ) as ApiKey;
  return { url, client: createClient({ url, credentials }) };
}

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = /listens on (http:\/\/\S+)$/.exec(line)?.[1];
    if (url) return url;
  }
  throw new Error('the gateway did not start');
}
