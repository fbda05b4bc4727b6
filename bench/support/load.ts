import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A request that is sent repeatedly. */
export interface Shot {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

interface AutocannonResult {
  duration: number;
  errors: number;
  timeouts: number;
  '2xx': number;
  non2xx: number;
  latency: { p50: number; p99: number };
}

const run = promisify(execFile);
const program = join(import.meta.dirname, '..', 'node_modules', 'autocannon', 'autocannon.js');
export const connections = 64;

/**
 * Keeps 64 connections busy from a separate process. Rejects if a response was not 2xx: a fast refusal is not a result.
 */
export async function load({ url, method = 'GET', headers = {}, body }: Shot, seconds: number): Promise<LoadResult> {
  const args = ['--json', '--connections', String(connections), '--duration', String(seconds), '--method', method];
  for (const [name, value] of Object.entries(headers)) args.push('--headers', `${name}=${value}`);
  if (body !== undefined) args.push('--body', body);
  const { stdout } = await run(process.execPath, [program, ...args, url]);
  const result = JSON.parse(stdout) as AutocannonResult;
  if (result.non2xx + result.errors + result.timeouts > 0 || result['2xx'] === 0) {
    throw new Error(
      `${method} ${url}: ${result['2xx']} successful responses, ${result.non2xx} others, ${result.errors} errors, ${result.timeouts} timeouts`,
    );
  }
  return {
    requests: result['2xx'],
    perSecond: result['2xx'] / result.duration,
    medianMs: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}
