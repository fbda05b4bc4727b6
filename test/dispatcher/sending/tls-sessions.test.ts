import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createServer, getCACertificates, type Server, setDefaultCACertificates } from 'node:tls';
import { ConnectError, createConnector } from '../../../src/dispatcher/sending/connector.ts';
import { createGuard } from '../../../src/dispatcher/sending/guard.ts';
import { createNameResolver } from '../../../src/dispatcher/sending/name-resolver.ts';
import { createTlsSessions } from '../../../src/dispatcher/sending/tls-sessions.ts';
import { selfSigned } from '../../support/certificate.ts';
import { createTestSender, post } from '../../support/sending.ts';

const response = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
const minuteMs = 60_000;

for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
  describe(`a second connection to an endpoint (${version})`, () => {
    const trusted = getCACertificates('default');
    let server: Server;
    let resumed: boolean[] = [];
    let onData: (socket: Socket) => void;
    let url: string;

    before(async () => {
      setDefaultCACertificates([...trusted, selfSigned.cert]);
      server = createServer({ ...selfSigned, maxVersion: version }, (socket) => {
        resumed.push(socket.isSessionReused());
        socket.on('error', () => undefined);
        socket.on('data', () => onData(socket));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    beforeEach(() => {
      resumed = [];
      onData = (socket) => void socket.end(response);
    });
    after(() => {
      setDefaultCACertificates(trusted);
      server.close();
    });

    test('resumes the session of the first, and shows the same certificate', async (t) => {
      const sender = createTestSender();
      t.after(() => sender.close());
      const first = await sender.send(post(url));
      const second = await sender.send(post(url));
      assert.deepEqual([first.kind, second.kind], ['answered', 'answered']);
      assert.deepEqual(resumed, [false, true]);
      assert.ok(Number(first.peer?.tls?.certificateEndsAt) > 0);
      assert.equal(first.peer?.tls?.version, version);
      assert.deepEqual(second.peer, first.peer);
    });

    test('gets a new session when the server no longer knows the old one', async (t) => {
      const sender = createTestSender();
      t.after(() => sender.close());
      await sender.send(post(url));
      server.setTicketKeys(Buffer.alloc(48, 1));
      assert.equal((await sender.send(post(url))).kind, 'answered');
      assert.deepEqual(resumed, [false, false]);
    });

    test('resumes none for a while after a resumed one was accepted and not answered on', async (t) => {
      const sender = createTestSender();
      t.after(() => sender.close());
      onData = (socket) => void (resumed.at(-1) ? socket.destroy() : socket.end(response));
      const kinds: string[] = [];
      for (let count = 0; count < 5; count += 1) kinds.push((await sender.send(post(url))).kind);
      assert.deepEqual(kinds, ['answered', 'silent', 'answered', 'answered', 'answered']);
      assert.deepEqual(resumed, [false, true, false, false, false]);
    });

    test('ends a connection with endless session tickets', async () => {
      const guard = createGuard({ allowedNetworks: ['127.0.0.0/8'], ownPorts: () => [] });
      const connector = createConnector({ guard, names: createNameResolver(), timeoutMs: 60_000 });
      const { socket } = await connector.connect(new URL(url));
      const ended = new Promise((resolve) => socket.once('close', resolve));
      for (let count = 0; count < 20; count += 1) socket.emit('session', Buffer.from('ticket'));
      await ended;
      assert.ok(socket.errored instanceof ConnectError && socket.errored.silence === 'tls_failure');
    });
  });

test('a session serves for ten minutes after its certificate was checked, however often it was resumed', () => {
  let time = 0;
  const sessions = createTlsSessions(() => time);
  const [first, second] = [Buffer.from('1'), Buffer.from('2')];
  sessions.keep('a:443', first, { certificateEndsAt: 5 });
  time = 9 * minuteMs;
  const resumed = sessions.find('a:443');
  assert.ok(resumed);
  assert.deepEqual([resumed.session, resumed.certificateEndsAt], [first, 5]);
  sessions.keep('a:443', second, { resumed });
  assert.deepEqual(sessions.find('a:443'), { ...resumed, session: second });
  time = 10 * minuteMs;
  assert.equal(sessions.find('a:443'), undefined);
  sessions.keep('a:443', first, { resumed });
  assert.equal(sessions.find('a:443'), undefined);
  sessions.keep('a:443', second, { certificateEndsAt: 6 });
  assert.equal(sessions.find('a:443')?.session, second);
  sessions.forget('a:443');
  assert.equal(sessions.find('a:443'), undefined);
});

test('sessions of a thousand origins are kept', () => {
  const sessions = createTlsSessions();
  const session = Buffer.from('1');
  for (let port = 0; port <= 1000; port += 1) sessions.keep(`a:${port}`, session, { certificateEndsAt: undefined });
  assert.equal(sessions.find('a:0'), undefined);
  for (const port of [1, 1000]) assert.equal(sessions.find(`a:${port}`)?.session, session);
});
