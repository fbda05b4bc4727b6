import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createAuthority } from '../../support/authority.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type IntegrationGateway, startIntegration } from '../../support/integration-gateway.ts';

const authority = createAuthority();
const end = new Date('2049-12-31T23:59:58Z');
const certificates = {
  valid: authority.issue({ to: end }),
  over: authority.issue({ from: new Date('2020-01-01T00:00:00Z'), to: new Date('2020-01-02T00:00:00Z') }),
};

onEveryEngine('attempts over TLS', ({ serverUrl }) => {
  const trusted = getCACertificates('default');
  const servers: Server[] = [];
  let world: IntegrationGateway;
  const hosts: Record<string, string> = {};

  before(async () => {
    setDefaultCACertificates([...trusted, authority.cert]);
    world = await startIntegration(serverUrl, { DISPATCH_RETRY_INTERVAL_MS: '3600000' });
    for (const [name, certificate] of Object.entries(certificates)) {
      const server = createServer(certificate, (_req, res) => void res.writeHead(404).end('no such hook'));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      servers.push(server);
      hosts[name] = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    }
  });
  after(async () => {
    await world.close();
    for (const server of servers) server.close();
    setDefaultCACertificates(trusted);
  });

  async function sendTo(name: string) {
    const authentication = { type: 1, username: 'joe', password: 'a secret password' };
    const meta = { host: `https://${hosts[name]}`, path: '/hook?key=hidden', authentication };
    return world.send(await world.createDistributor(meta));
  }

  test('an attempt shows where it went, over which TLS, until when the certificate is valid, and no secret', async () => {
    const id = await sendTo('valid');
    const delivery = await world.reached(id, 'failed');
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
    const listed = await world.call(`/deliveries?url_host=${hosts.valid}&last_status=404`);
    const [item] = listed.body.deliveries;
    assert.deepEqual(
      [item.id, item.url, item.error, item.decision],
      [id, url, null, 'failed: rejected by the endpoint'],
    );
  });

  test('a certificate that is over is a TLS failure, found by the filters, and nothing is sent', async () => {
    const id = await sendTo('over');
    await world.reached(id, 'pending');
    const found = await world.call(`/deliveries?error=tls_failure&url_host=${hosts.over}`);
    const [item] = found.body.deliveries;
    assert.deepEqual([item.id, item.url, item.last_status], [id, `https://${hosts.over}/hook`, null]);
    assert.match(item.decision, /^retry 1 of 3 in 3600 s: /);
    const [attempt] = (await world.read(id)).attempts;
    assert.deepEqual([attempt.error, attempt.status, attempt.peer, attempt.tls], ['tls_failure', null, null, null]);
  });
});
