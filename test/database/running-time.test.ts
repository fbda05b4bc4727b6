import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/database.ts';
import { afterRunningTime } from '../../src/database/running-time.ts';
import { engines } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';

/** Holds this process up, as a full processor does. */
const holdUp = (milliseconds: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

test('time in which the process was held up is a tenth of the time limit at most', async () => {
  let isOver = false;
  afterRunningTime(200, () => {
    isOver = true;
  });
  holdUp(500);
  await sleep(20);
  assert.equal(isOver, false);
  await eventually(() => isOver);
});

test('a cancelled time limit does not end', async () => {
  const cancel = afterRunningTime(10, () => assert.fail('it was cancelled'));
  cancel();
  await sleep(30);
});

describe('a new connection to a server', () => {
  for (const { name, serverUrl, createDatabase } of engines.filter((engine) => engine.name === 'mysql'))
    test(`survives that the process is held up for longer than it may take (${name})`, async (t) => {
      const own = await createDatabase();
      const port = Number(new URL(serverUrl ?? '').port || 3306);
      let accepted = 0;
      const relay = createServer((client) => {
        accepted += 1;
        if (accepted === 1) holdUp(3000);
        const server = connect(port, '127.0.0.1');
        for (const socket of [client, server]) socket.on('error', () => undefined);
        client.pipe(server).pipe(client);
      }).listen(0, '127.0.0.1');
      await once(relay, 'listening');
      const url = new URL(own.env.DATABASE_URL ?? '');
      url.port = String((relay.address() as AddressInfo).port);
      const database = openDatabase({ ...loadConfig(own.env), DATABASE_URL: url.href }, { readyTimeoutMs: 2000 });
      t.after(async () => {
        relay.close();
        await database.close();
        await own.drop();
      });
      await database.read((db) => db.raw('select 1'));
      assert.equal(accepted, 1);
    });
});
