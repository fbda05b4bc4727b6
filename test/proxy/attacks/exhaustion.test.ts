import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { headerOf } from '../../../conformance/client.ts';
import { eventually } from '../../support/eventually.ts';
import { type AttackGateway, createAttackGateway } from './attack-gateway.ts';

const limit = 1000;
let place: AttackGateway;

before(async () => {
  place = await createAttackGateway({ target: { maxBodyBytes: limit } });
});
after(async () => {
  await place.lab.probe();
  await place.close();
  assert.ok(!place.gateway.log.some((line) => line.includes('"level":"error"')));
});

/** Sends a call with this body; returns the status and whether the backend got the complete request. */
async function send(
  lines: readonly string[],
  body: string,
): Promise<{ status: number; isWhole: boolean; text: string }> {
  const { lab, backend } = place;
  const target = lab.path();
  const client = await lab.open();
  client.write(lab.request({ method: 'POST', target, lines, body }));
  const { status, text } = await client.answer(1, lab.patienceMs);
  client.socket.destroy();
  await lab.probe();
  return { status, text, isWhole: backend.arrived.some((request) => request.target === target) };
}

const chunks = (size: number): string => `${'1\r\nx\r\n'.repeat(size)}0\r\n\r\n`;

describe('limits of request bodies', () => {
  test('bodies of exactly the limit pass, with either framing', async () => {
    for (const [lines, body] of [
      [[`Content-Length: ${limit}`], 'x'.repeat(limit)],
      [['Transfer-Encoding: chunked'], chunks(limit)],
    ] as const) {
      const { status, isWhole } = await send(lines, body);
      assert.equal(status, 200);
      assert.ok(isWhole);
    }
  });

  test('larger bodies get 413, announced or not, and never reach the backend complete', async () => {
    for (const [lines, body] of [
      [[`Content-Length: ${limit + 1}`], 'x'.repeat(limit + 1)],
      [['Content-Length: 999999999999999'], 'x'],
      [['Transfer-Encoding: chunked'], chunks(limit + 1)],
      [['Transfer-Encoding: chunked'], `ffffff\r\n${'x'.repeat(100_000)}`],
    ] as const) {
      const { status, isWhole, text } = await send(lines, body);
      assert.equal(status, 413, lines.join());
      assert.equal((JSON.parse(text) as { error: { code: string } }).error.code, 'PAYLOAD_TOO_LARGE');
      assert.ok(!isWhole);
    }
  });

  test('a body announced as too large is refused instead of getting 100 Continue', async () => {
    const { lab } = place;
    const client = await lab.open();
    const lines = ['Expect: 100-continue', `Content-Length: ${limit + 1}`];
    client.write(lab.request({ method: 'POST', target: lab.path(), lines }));
    const answer = await client.answer(1, lab.patienceMs);
    assert.equal(answer.status, 413);
    assert.deepEqual(answer.interim, []);
    assert.equal(headerOf(answer, 'connection'), 'close');
    await client.leave(lab.patienceMs);
  });

  test('compressed bodies are forwarded as they are, without decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(500_000), { level: 9 });
    assert.ok(bomb.length < limit);
    for (const encoding of ['gzip', 'gzip, gzip', 'br', 'unknown']) {
      const lines = [`Content-Encoding: ${encoding}`, `Content-Length: ${bomb.length}`];
      const { status, isWhole } = await send(lines, bomb.toString('latin1'));
      assert.equal(status, 200, encoding);
      assert.ok(isWhole, encoding);
    }
  });
});

describe('limits of connections', () => {
  test('two thousand silent connections do not affect other clients', async () => {
    const { lab } = place;
    const idle = await Promise.all(Array.from({ length: 2000 }, () => lab.open()));
    await lab.probe();
    for (const { socket } of idle) socket.destroy();
    await eventually(() => idle.every(({ isClosed }) => isClosed));
    await lab.probe();
  });

  test('a connection that pipelines too many requests is closed, and its calls are aborted', async () => {
    const { lab, backend } = place;
    let begun = 0;
    backend.behave('/flood', () => {
      begun += 1;
    });
    const client = await lab.open();
    client.write(lab.request({ target: '/flood' }).repeat(5000));
    await eventually(() => client.isClosed);
    assert.ok(begun <= 100, `${begun} calls`);
    await eventually(() => backend.connections() <= 10);
    await lab.probe();
  });

  test('a connection may pipeline a hundred requests', async () => {
    const { lab } = place;
    const targets = Array.from({ length: 100 }, () => lab.path());
    const client = await lab.open();
    client.write(targets.map((target) => lab.request({ target })).join(''));
    for (const [index, target] of targets.entries())
      assert.equal((await client.answer(index + 1, lab.patienceMs)).text, `GET ${target}`);
    await client.leave(lab.patienceMs);
  });
});
