import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Greeting {
  readonly token: string;
  /** The npm scripts that the text names. */
  readonly scripts: readonly string[];
  /** The indented lines as printed, without the npm scripts. */
  readonly commands: string;
}

/** The commands that a start has printed after its demo key. */
export function greetingIn(stdout: string): Greeting {
  const [, text = ''] = /\n( {2}npm run demo\n[\s\S]*)/.exec(stdout) ?? [];
  const lines = text.split('\n').filter((line) => line.startsWith('  '));
  const scripts = lines.flatMap((line) => /^ {2}npm run (\w+)$/.exec(line)?.[1] ?? []);
  const commands = lines.slice(scripts.length).join('\n');
  return { token: /export TOKEN=(\S+)/.exec(commands)?.[1] ?? assert.fail(stdout), scripts, commands };
}

const folders = ['/bin', '/usr/bin', '/usr/local/bin'];
const findProgram = (name: string): string | undefined =>
  folders.map((folder) => join(folder, name)).find((path) => existsSync(path));

/** The shells of this machine, by path. */
export const shells = ['sh', 'bash', 'zsh'].flatMap((name) => findProgram(name) ?? []);

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Runs commands in a shell, as a person who pastes them. Resolves to the answer of each `curl`, whose body is one line of JSON. */
export async function paste(shell: string, commands: string): Promise<Answered[]> {
  const stub = `"${process.execPath}" "${join(import.meta.dirname, 'stand-in-curl.ts')}"`;
  const curl = findProgram('curl') ?? stub;
  const withStatus = `curl() { ${curl} -sS -i "$@"; }`;
  const { stdout } = await promisify(execFile)(shell, ['-c', `${withStatus}\n${commands}`], { encoding: 'utf8' });
  return [...stdout.matchAll(/^HTTP\/[\d.]+ (\d+)[\s\S]*?\r\n\r\n(.*)\n/gm)].map(([, status, body = '']) => ({
    status: Number(status),
    body: JSON.parse(body) as Record<string, unknown>,
  }));
}
