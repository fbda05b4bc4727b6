import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hopByHop, upgrades } from '../../../conformance/attacks/hop-by-hop.ts';
import { headerOf } from '../../../conformance/client.ts';
import type { Arrived } from '../../../conformance/recording-backend.ts';
import { type AttackGateway, attacksOnOneGateway, createAttackGateway } from './attack-gateway.ts';

const { attackEach } = attacksOnOneGateway();

attackEach('hop-by-hop headers', hopByHop);
// A target without WebSockets refuses upgrades that another server might have accepted.
attackEach('upgrades', upgrades, ['Upgrade: anything', 'Upgrade: h2c, websocket']);

describe('Connection cannot remove the headers that the gateway sets', () => {
  let place: AttackGateway;
  before(async () => {
    place = await createAttackGateway({ target: { headers: { set: { 'X-Key': 'k1' } } } });
  });
  after(() => place.close());

  async function send(connection: string): Promise<Arrived> {
    const { lab, backend } = place;
    backend.clear();
    const client = await lab.open();
    client.write(lab.request({ target: lab.path(), lines: [`Connection: ${connection}, close`] }));
    assert.equal((await client.answer(1, lab.patienceMs)).status, 200);
    await client.leave(lab.patienceMs);
    return backend.arrived[0] as Arrived;
  }

  for (const name of ['X-User-Id', 'X-User-Scope', 'X-Request-Id', 'X-Forwarded-For', 'traceparent', 'X-Key', 'Host']) {
    test(`${name} survives being named by Connection`, async () => {
      const plain = headerOf(await send('x-other'), name);
      assert.ok(plain);
      const seen = headerOf(await send(`${name}, ${name.toLowerCase()}`), name);
      assert.ok(seen);
      if (name !== 'X-Request-Id' && name !== 'traceparent') assert.equal(seen, plain);
    });
  }

  test('Authorization named by Connection still authenticates and is not forwarded', async () => {
    const seen = await send('authorization, x-target-server');
    assert.equal(headerOf(seen, 'authorization'), undefined);
    assert.ok(headerOf(seen, 'x-user-id'));
  });
});

describe('Proxy headers', () => {
  const lines = ['Proxy', 'Proxy-Status', 'Proxy-Authentication-Info', 'Proxy-Anything'].map(
    (name) => `${name}: s3cret`,
  );
  let place: AttackGateway;
  before(async () => {
    place = await createAttackGateway();
  });
  after(() => place.close());

  test('Proxy headers do not reach the backend in any spelling', async () => {
    const { lab, backend } = place;
    await lab.call({ target: lab.path(), lines: [...lines, 'PROXY_STATUS: s3cret'] });
    const [seen] = backend.arrived;
    assert.ok(seen);
    assert.ok(!seen.head.includes('s3cret'), seen.head);
  });

  test('Proxy headers of the backend do not reach the client', async () => {
    const { lab, backend } = place;
    const target = lab.path();
    const answer = ['HTTP/1.1 200 OK', ...lines, 'Content-Length: 2', '', 'ok'].join('\r\n');
    backend.behave(target, ({ socket }) => socket.write(answer));
    const { text, head } = await lab.call({ target });
    assert.equal(text, 'ok');
    assert.ok(!head.includes('s3cret'), head);
  });
});
