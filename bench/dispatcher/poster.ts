import { Pool } from 'undici';
import { concurrency } from './runner.ts';

/** POSTs with undici and nothing around it: the limit of what a process can send. */
export function createPoster(target: string): (payload: string) => Promise<void> {
  const pool = new Pool(target, { connections: concurrency });
  return async (payload) => {
    const { statusCode, body } = await pool.request({
      path: '/hook',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: payload,
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
  };
}
