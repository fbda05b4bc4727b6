import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { selfSignedName } from '../../support/certificate.ts';
import { createTestSender, post } from '../../support/sending.ts';

const answer: RequestListener = (req, res) => {
  const { servername = 'plain' } = req.socket as Partial<TLSSocket>;
  res.end(`${servername} ${req.headers.host}`);
};

for (const [scheme, server, expected] of [
  ['http', createServer(answer), 'plain'],
  ['https', createTlsServer(selfSignedName, answer), 'backend.test'],
] as const) {
  test(`a callback to an absolute ${scheme} name carries the name without its final dot, and reports its peer`, async () => {
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, selfSignedName.cert]);
    const asked: string[] = [];
    const sender = createTestSender({
      names: {
        resolve: async (name) => {
          asked.push(name);
          return ['127.0.0.1'];
        },
      },
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const outcome = await sender.send(post(`${scheme}://backend.test.:${port}/`));
      assert.equal('body' in outcome && outcome.body, `${expected} backend.test:${port}`);
      assert.deepEqual(asked, ['backend.test.']);
      const certificateEndsAt = Date.UTC(2126, 10, 5, 14, 21, 9) * 1000;
      const tls = scheme === 'https' ? { version: 'TLSv1.3', certificateEndsAt } : undefined;
      assert.deepEqual(outcome.peer, { address: '127.0.0.1', tls });
    } finally {
      await sender.close();
      server.closeAllConnections();
      server.close();
      setDefaultCACertificates(trusted);
    }
  });
}
