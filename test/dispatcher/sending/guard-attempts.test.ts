import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { integration } from '../../../plugins/integration/index.ts';
import type { Outcome } from '../../../src/dispatcher/model/outcome.ts';
import type { NameResolver } from '../../../src/dispatcher/sending/name-resolver.ts';
import { answer, createReceiver, createTestGateway, type Receiver } from '../../../src/testing/index.ts';
import { selfSigned } from '../../support/certificate.ts';
import { freePort } from '../../support/database-server.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { createTestSender, post } from '../../support/sending.ts';

const errorOf = (outcome: Outcome): string => ('error' in outcome ? outcome.error : outcome.kind);

describe('the guard at an attempt', () => {
  let receiver: Receiver;

  before(async () => {
    receiver = await createReceiver(() => answer(200));
  });
  after(() => receiver.close());

  async function sendTo(host: string, names: NameResolver, allowedNetworks: readonly string[] = []): Promise<string> {
    const sender = createTestSender({ names, allowedNetworks });
    const outcome = await sender.send(post(`http://${host}:${receiver.port}`));
    await sender.close();
    return errorOf(outcome);
  }

  const always = (...addresses: string[]): NameResolver => ({ resolve: async () => addresses });

  test('a name with a private address, even among public ones, gets no connection', async () => {
    const before = receiver.connections;
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:127.0.0.1'], ['127.0.0.1', '2606::1']]) {
      assert.equal(await sendTo('name.example', always(...addresses)), 'address_refused', String(addresses));
    }
    assert.equal(receiver.connections, before);
  });

  test('a name gets a connection only if all its addresses are allowed', async () => {
    assert.equal(await sendTo('name.example', always('127.0.0.1'), ['127.0.0.0/8']), 'answered');
    assert.equal(await sendTo('name.example', always('127.0.0.1', '10.0.0.1'), ['127.0.0.0/8']), 'address_refused');
  });

  test('the connection goes to the checked address, and the name is resolved once', async () => {
    let asked = 0;
    const rebinding: NameResolver = {
      resolve: async () => {
        asked += 1;
        return [asked === 1 ? '127.0.0.1' : '10.0.0.1'];
      },
    };
    assert.equal(await sendTo('name.example', rebinding, ['127.0.0.0/8']), 'answered');
    assert.equal(asked, 1);
  });

  test('a name that changes to a private address is refused at its next look-up', async () => {
    let time = 0;
    let address = '127.0.0.1';
    const names: NameResolver = { resolve: async () => [address] };
    const sender = createTestSender({ names, allowedNetworks: ['127.0.0.1/32'], now: () => time });
    const send = async (): Promise<string> => errorOf(await sender.send(post(`http://name.example:${receiver.port}`)));
    assert.equal(await send(), 'answered');
    address = '127.0.0.2';
    const before = receiver.connections;
    time += 2001;
    assert.equal(await send(), 'address_refused');
    assert.equal(receiver.connections, before);
    await sender.close();
  });

  test('proxy variables and NODE_TLS_REJECT_UNAUTHORIZED are ignored', async () => {
    const proxy = await createReceiver(() => answer(200));
    const server = createTlsServer(selfSigned, (socket) => {
      socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const urls = [receiver.url, `https://127.0.0.1:${(server.address() as AddressInfo).port}`];
    const code = `
      const { createTestSender, post } = await import(${JSON.stringify(join(import.meta.dirname, '../../support/sending.ts'))});
      const sender = createTestSender();
      for (const url of ${JSON.stringify(urls)}) console.log((({ kind, error }) => error ?? kind)(await sender.send(post(url))));
      await sender.close();`;
    const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
    const env = {
      ...Object.fromEntries(proxies.map((name) => [name, proxy.url])),
      NODE_USE_ENV_PROXY: '1',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { env });
    assert.deepEqual(stdout.trim().split('\n'), ['answered', 'tls_failure']);
    assert.equal(proxy.connections, 0);
    server.close();
    await Promise.all([proxy.close(), once(server, 'close')]);
  });
});

onEveryEngine('the guard when an endpoint is saved', ({ serverUrl }) => {
  const path = '/api/v1/integration/distributors/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c';

  /** Saves endpoints at these hosts. Returns 201, or the reason in the message, for each. */
  async function save(env: Record<string, string>, hosts: (port: number) => string[]): Promise<unknown[]> {
    const gateway = await createTestGateway({ plugins: [integration], serverUrl, env });
    try {
      const token = await gateway.token({ scope: 'integration:read integration:write' });
      const answers = hosts(gateway.port).map(async (host) => {
        const body = { meta: { host, path: '/' } };
        const { status, body: answered } = await gateway.request(path, { target: 'integration', token, body });
        if (status !== 400) return status;
        const [field, ...others] = answered.error.details.fields;
        assert.deepEqual([answered.error.code, field.path, others], ['VALIDATION_ERROR', 'meta.host', []]);
        return /not a public address|blocked port|this gateway itself/.exec(field.message)?.[0];
      });
      return await Promise.all(answers);
    } finally {
      await gateway.close();
    }
  }

  const loopback = ['http://127.0.0.1:81', 'http://[::1]:81', 'http://localhost:81', 'http://a.localhost:81'];
  const refused = ['http://169.254.169.254', 'http://10.0.0.1', 'https://[fd00:ec2::254]', 'http://0xa9fea9fe'];
  const accepted = ['https://8.8.8.8', 'http://does-not-resolve.invalid'];
  const notPublic = 'not a public address';

  test('private and metadata addresses are refused, public ones and unresolvable names accepted', async () => {
    const answers = await save({}, () => [...refused, ...accepted, 'http://8.8.8.8:25']);
    assert.deepEqual(answers, [...refused.map(() => notPublic), 201, 201, 'blocked port']);
  });

  test('loopback is allowed in a demo only', async () => {
    for (const [DEMO, answer] of [
      ['true', 201],
      ['false', notPublic],
    ] as const)
      assert.deepEqual(
        await save({ DEMO }, () => loopback),
        loopback.map(() => answer),
      );
  });

  test('a list of networks replaces the default', async () => {
    const answers = await save({ DISPATCH_ALLOWED_NETWORKS: '10.0.0.0/8' }, () => ['http://10.0.0.1', ...loopback]);
    assert.deepEqual(answers, [201, ...loopback.map(() => notPublic)]);
  });

  test("the gateway's own ports are refused, including the one for metrics", async () => {
    const metricsPort = await freePort();
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', METRICS_PORT: String(metricsPort) };
    const answers = await save(env, (port) => [port, metricsPort, 81].map((each) => `http://127.0.0.1:${each}`));
    assert.deepEqual(answers, ['this gateway itself', 'this gateway itself', 201]);
  });
});
