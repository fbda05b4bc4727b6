import { randomBytes, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { sign } from '../../src/dispatcher/sending/signature.ts';
import { concurrency } from './runner.ts';

// The project's own, whole: a contender's older one lies nearer, and parts of it have no `request`.
const project = createRequire(join(import.meta.dirname, '..', '..', 'package.json'));
const { Pool } = project('undici') as typeof import('undici');

/** The POSTs that the dispatcher makes, signed like them, with undici and nothing around it. */
export function createPoster(target: string): (payload: string) => Promise<void> {
  const pool = new Pool(target, { connections: concurrency });
  const secrets = [randomBytes(32)];
  return async (payload) => {
    const id = randomUUID();
    const timestamp = Math.floor(Date.now() / 1000);
    const content = Buffer.from(payload);
    const { statusCode, body } = await pool.request({
      path: '/hook',
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'bench',
        'accept-encoding': 'identity',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-attempt': '1',
        'webhook-signature': sign(secrets, id, timestamp, content),
      },
      body: content,
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
  };
}
