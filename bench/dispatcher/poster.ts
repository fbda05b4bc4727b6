import { randomBytes, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { sign } from '../../src/dispatcher/sending/signature.ts';
import { concurrency } from './runner.ts';

// The project's own undici: a contender brings an older one, found first by a plain import, whose parts have no
// `request`.
const project = createRequire(join(import.meta.dirname, '..', '..', 'package.json'));
const { Pool } = project('undici') as typeof import('undici');

/** Sends the dispatcher's POSTs, signed like them, with plain undici. */
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
