import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ParsedJson, TestDatabase } from '../../../src/testing/index.ts';
import { createAuthority } from '../../support/authority.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type Client, createClient, createKey } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { nodeId } from '../../support/integration-gateway.ts';
import { createSandbox } from '../../support/process.ts';

const authority = createAuthority();
const end = new Date('2049-12-31T23:59:58Z');
const certificates = {
  valid: authority.issue({ to: end }),
  over: authority.issue({ from: new Date('2020-01-01T00:00:00Z'), to: new Date('2020-01-02T00:00:00Z') }),
};

onEveryEngine('attempts over TLS', ({ createDatabase }) => {
  const sandbox = createSandbox();
  const servers: Server[] = [];
  const hosts: Record<string, string> = {};
  let own: TestDatabase;
  let client: Client;

  before(async () => {
    own = await createDatabase();
    // Certificates that Node trusts beside its own are named to a process when it starts.
    const trusted = join(sandbox.folder, 'authority.pem');
    writeFileSync(trusted, authority.cert);
    const env = {
      DATABASE_URL: own.env.DATABASE_URL ?? '',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
      DISPATCH_RETRY_INTERVAL_MS: '3600000',
      NODE_EXTRA_CA_CERTS: trusted,
    };
    const url = await sandbox.start([], env).ready();
    client = createClient(() => url, await createKey(env));
    for (const [name, certificate] of Object.entries(certificates)) {
      const server = createServer(certificate, (_req, res) => void res.writeHead(404).end('no such hook'));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      servers.push(server);
      hosts[name] = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    }
  });
  after(async () => {
    await sandbox.remove();
    await own.drop();
    for (const server of servers) server.close();
  });

  const call = async (path: string, body?: object): Promise<ParsedJson> => {
    const at = `/api/v1/integration${path}`;
    return (body ? await client.post(at, body) : await client.get(at)).body;
  };
  const reached = (id: string, status: string) =>
    eventually(async () => {
      const delivery = await call(`/deliveries/${id}`);
      return delivery.status === status ? delivery : undefined;
    });

  async function sendTo(name: string): Promise<string> {
    const authentication = { type: 1, username: 'joe', password: 'a secret password' };
    const meta = { host: `https://${hosts[name]}`, path: '/hook?key=hidden', method: 2, authentication };
    const { id } = await call(`/distributors/nodes/${nodeId}`, { meta });
    return (await call(`/distributors/${id}/events`, { type: 'order.filled', data: {} })).deliveries[0].id;
  }

  test('an attempt shows where it went, over which TLS, until when the certificate is valid, and no secret', async () => {
    const id = await sendTo('valid');
    const delivery = await reached(id, 'failed');
    const url = `https://${hosts.valid}/hook`;
    const [attempt] = delivery.attempts;
    assert.deepEqual(attempt.tls, { version: 'TLSv1.3', certificate_expires_at: '2049-12-31T23:59:58.000000Z' });
    assert.deepEqual([attempt.url, attempt.peer, attempt.status], [url, '127.0.0.1', 404]);
    assert.deepEqual(
      Object.keys(attempt.phases_ms).filter((phase) => phase === 'tls'),
      ['tls'],
    );
    assert.equal(attempt.request_headers.authorization, '********');
    assert.equal(attempt.request_headers['webhook-id'], id);
    for (const secret of ['hidden', 'a secret password']) assert.ok(!JSON.stringify(delivery).includes(secret), secret);
    const listed = await call(`/deliveries?url_host=${hosts.valid}&last_status=404`);
    const [item] = listed.deliveries;
    assert.deepEqual(
      [item.id, item.url, item.error, item.decision],
      [id, url, null, 'failed: rejected by the endpoint'],
    );
  });

  test('a certificate that is over is a TLS failure, found by the filters, and nothing is sent', async () => {
    const id = await sendTo('over');
    await reached(id, 'pending');
    const found = await call(`/deliveries?error=tls_failure&url_host=${hosts.over}`);
    const [item] = found.deliveries;
    assert.deepEqual([item.id, item.url, item.last_status], [id, `https://${hosts.over}/hook`, null]);
    assert.match(item.decision, /^retry 1 of 3 in 3600 s: /);
    const [attempt] = (await call(`/deliveries/${id}`)).attempts;
    assert.deepEqual([attempt.error, attempt.status, attempt.peer, attempt.tls], ['tls_failure', null, null, null]);
  });
});
