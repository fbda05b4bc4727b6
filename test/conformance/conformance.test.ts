import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, createServer as createPlainServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { conformance } from '../../conformance/conformance.ts';
import { suite } from '../../conformance/suite.ts';
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts';
import { readDocument } from '../docs/documents.ts';

const headersMs = 500;
const checks = suite.flatMap((section) => section.checks);

async function freePort(): Promise<number> {
  const server = createPlainServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function run(...args: string[]): Promise<{ code: number; printed: string }> {
  const lines: string[] = [];
  const code = await conformance(args, (text) => lines.push(text));
  return { code, printed: lines.join('\n') };
}

/** Names and results of a report's checks, without the notes. */
const resultsIn = (report: string): string[] =>
  [...report.matchAll(/^\| (.*) \| (passed|\*\*failed\*\*|skipped) \| .* \|$/gm)].map(
    ([, name, result]) => `${name}: ${result}`,
  );

describe('the conformance suite against this gateway', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-conformance-'));
  let gateway: TestGateway;
  let args: string[];

  before(async () => {
    const port = await freePort();
    const timeouts = { headersMs };
    const target = { upstreams: [`http://127.0.0.1:${port}`], timeouts, breaker: { openMs: 500 } };
    gateway = await createTestGateway({ plugins: [], targets: { checked: target }, env: { LOG_LEVEL: 'error' } });
    const token = await gateway.token();
    args = ['--url', gateway.url, '--target', 'checked', '--token', token, '--backend-port', String(port)];
  });
  after(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true });
    assert.deepEqual(gateway.log, []);
  });

  test('the gateway passes every check, and the report in the documentation has the same results', async () => {
    const file = join(folder, 'report.md');
    const { code, printed } = await run(...args, '--headers-timeout-ms', String(headersMs), '--report', file);
    assert.equal(code, 0, printed);
    assert.match(printed, new RegExp(`^${checks.length} passed, 0 failed, 0 skipped$`, 'm'));
    const report = readFileSync(file, 'utf8');
    assert.equal(resultsIn(report).length, checks.length);
    assert.deepEqual(resultsIn(readDocument('docs/conformance-report.md')), resultsIn(report));
  });

  test('slow backends are skipped without --headers-timeout-ms', async () => {
    const { code, printed } = await run(...args, '--only', 'Failing backends');
    assert.equal(code, 0, printed);
    assert.match(printed, /^9 passed, 0 failed, 4 skipped$/m);
  });

  test('the report contains no token', async () => {
    const file = join(folder, 'some.md');
    await run(...args, '--only', 'Hosts', '--report', file);
    assert.ok(!readFileSync(file, 'utf8').includes(args[5] as string));
  });
});

describe('the conformance suite against a proxy without checks', () => {
  let proxy: Server;
  let args: string[];

  before(async () => {
    const port = await freePort();
    proxy = createServer({ insecureHTTPParser: true }, (req, res) => {
      const { method, url: path, headers } = req;
      const out = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
        res.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(res);
      });
      out.on('error', () => res.destroy());
      req.pipe(out);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    args = ['--url', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, '--backend-port', String(port)];
  });
  after(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await once(proxy, 'close');
  });

  for (const [section, name] of [
    ['Spoofing: identity', 'X-User-Id with underscores'],
    ['Paths', 'path …/../admin'],
    ['Spoofing: path', 'X-Original-URL'],
  ] as const) {
    test(`the proxy fails in "${section}"`, async () => {
      const { code, printed } = await run(...args, '--only', section);
      assert.equal(code, 1);
      assert.ok(printed.includes(`FAILED ${section}: ${name}\n`), printed);
    });
  }
});

describe('usage errors of the conformance suite', () => {
  test('invalid arguments end with a message and the usage', async () => {
    for (const [args, message] of [
      [[], '--url must be the http or https URL of a gateway.'],
      [['--url', 'ftp://a'], '--url must be the http or https URL of a gateway.'],
      [['--url', 'http://127.0.0.1:1', '--backend-port', 'x'], '--backend-port must be a whole number'],
      [['--url', 'http://127.0.0.1:1', '--header', 'no colon'], '--header, --target and --token'],
      [['--url', 'http://127.0.0.1:1', '--token', 'a\r\nb: c'], '--header, --target and --token'],
      [['--url', 'http://127.0.0.1:1', '--only', 'nothing'], 'No section'],
      [['--url', 'http://127.0.0.1:1', '--unknown'], "Unknown option '--unknown'"],
    ] as const) {
      const { code, printed } = await run(...args);
      assert.equal(code, 1);
      assert.ok(printed.startsWith(message), printed);
      assert.match(printed, /^Usage: npm run conformance/m);
    }
  });

  test('a gateway that does not lead to the backend of the suite is reported', async () => {
    const elsewhere = createServer((_req, res) => res.end('hello'));
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const port = await freePort();
    const { code, printed } = await run('--url', url, '--backend-port', String(port));
    elsewhere.closeAllConnections();
    elsewhere.close();
    assert.equal(code, 1);
    assert.ok(printed.includes(`${url} does not forward to the backend on port ${port}`), printed);
  });
});
