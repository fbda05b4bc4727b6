import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Releases } from '../../src/lifecycle/releases.ts';

/** A gateway as `npm start` starts it, in a folder of its own. */
export interface DemoGateway {
  readonly url: string;
  /** A call of the demonstration's caller; gives the parsed answer. Throws when it was not 2xx. */
  call(method: string, path: string, body?: object): Promise<unknown>;
}

export const organization = 'myorg';
const email = 'joe@example.com';
const program = join(import.meta.dirname, '..', '..', 'bin', 'hookgate.mjs');

export async function startDemoGateway(releases: Releases, settings: Record<string, string>): Promise<DemoGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-demo-'));
  releases.add(() => rmSync(folder, { recursive: true, force: true }));
  // Nothing of the caller's own settings: a demonstration shall not write into somebody's database.
  const options = { cwd: folder, env: { PATH: process.env.PATH, PORT: '0', METRICS_PORT: '0', ...settings } };
  const scope = 'integration:read integration:write';
  const key = JSON.parse(
    execFileSync(
      process.execPath,
      [program, 'keys', 'create', '--org', organization, '--email', email, '--scope', scope, '--json'],
      { ...options, encoding: 'utf8' },
    ),
  ) as { secret_key: string };

  const child = spawn(process.execPath, [program], { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
  releases.add(async () => {
    const exited = once(child, 'exit');
    if (child.kill('SIGTERM')) await exited;
  });
  const url = await addressIn(child.stdout);
  const credentials = Buffer.from(`${email}:${key.secret_key}`).toString('base64');

  return {
    url,
    async call(method, path, body) {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          Authorization: `Basic ${credentials}`,
          'Content-Type': 'application/json',
          // Only /v1 is found without it.
          'X-Target-Server': 'integration',
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    },
  };
}

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = /listens on (http:\/\/\S+)$/.exec(line)?.[1];
    if (url) return url;
  }
  throw new Error('the gateway did not start');
}
