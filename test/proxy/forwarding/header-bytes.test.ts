import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { eventually } from '../../support/eventually.ts';
import { switchToWebSocket, webSocketKey } from '../../support/raw-upgrade.ts';
import { createRawBackend, type RawBackend } from '../../support/socket-backend.ts';

const latin1 = 'r\xe9sum\xe9.pdf';
const utf8 = Buffer.from('résumé €.pdf').toString('latin1');

describe('header bytes beyond ASCII', () => {
  let backend: RawBackend;
  let gateway: TestGateway;
  /** Bytes of the backend's response, as latin1. */
  let response = '';
  /** Written a moment later. */
  let rest = '';

  before(async () => {
    backend = await createRawBackend((socket) => {
      const later = rest;
      socket.write(response, 'latin1');
      if (later !== '') setTimeout(() => socket.end(later), 20);
      else if (!response.startsWith('HTTP/1.1 101')) socket.end();
    });
    gateway = await createTestGateway({
      plugins: [],
      env: { LOG_LEVEL: 'info' },
      targets: { raw: { upstreams: [backend.url], public: true, prefixes: ['/raw'], websocket: { enabled: true } } },
    });
  });
  after(async () => {
    await gateway.close();
    await backend.close();
  });
  beforeEach(() => {
    response = '';
    rest = '';
  });

  /** Sends a request and returns all bytes of the response, as latin1; its connection must end without a reset. */
  function ask(request: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let received = '';
      const socket = connect(gateway.port, '127.0.0.1').setEncoding('latin1');
      socket.on('data', (text) => {
        received += text;
        if (received.startsWith('HTTP/1.1 101') && received.endsWith('\r\n\r\n')) socket.destroy();
      });
      socket.on('error', reject).on('close', () => resolve(received));
      socket.write(request, 'latin1');
    });
  }

  const requestOf = (method: string, version = '1.1', lines: readonly string[] = []): string =>
    [`${method} /raw HTTP/${version}`, 'Host: a', 'Connection: close', ...lines, '', ''].join('\r\n');

  const linesOf = (name: string): string[] => [`${name}: attachment; filename="${latin1}"`, `${name}: ${utf8}`];

  const framings = [
    { framing: 'a length', lines: ['Content-Length: 5'], body: 'hello' },
    { framing: 'a length of 0', lines: ['Content-Length: 0'], body: '' },
    { framing: 'chunks', lines: ['Transfer-Encoding: chunked'], body: '5\r\nhello\r\n0\r\n\r\n' },
    { framing: 'the end of the connection', lines: ['Connection: close'], body: 'hello' },
    { framing: 'a long body', lines: ['Content-Length: 100000'], body: 'x'.repeat(100_000) },
  ];
  for (const { framing, lines, body } of framings) {
    for (const order of ['before', 'after']) {
      test(`a response framed by ${framing}, which comes ${order} the headers, keeps them`, async () => {
        for (const name of ['Content-Disposition', 'CONTENT-DISPOSITION', 'X-Name', 'Location', 'Set-Cookie', 'Link']) {
          const raw = linesOf(name);
          const head = order === 'before' ? [...lines, ...raw] : [...raw, ...lines];
          response = ['HTTP/1.1 200 OK', ...head, '', body].join('\r\n');
          for (const version of ['1.1', '1.0']) {
            const received = await ask(requestOf('GET', version));
            assert.match(received, /^HTTP\/1\.1 200 OK\r\n/, name);
            for (const line of raw) assert.ok(received.includes(line.slice(name.length)), `${name}: ${received}`);
            assert.ok(received.includes('hello') || body === '' || received.endsWith(body));
          }
        }
      });
    }
  }

  test('responses without a body and errors of the backend keep them', async () => {
    for (const [method, status] of [
      ['HEAD', '200 OK'],
      ['GET', '204 No Content'],
      ['GET', '304 Not Modified'],
      ['GET', '404 Not Found'],
      ['POST', '500 Internal Server Error'],
    ] as const) {
      const raw = linesOf('Content-Disposition');
      response = [
        `HTTP/1.1 ${status}`,
        ...(status.startsWith('204') ? [] : ['Content-Length: 0']),
        ...raw,
        '',
        '',
      ].join('\r\n');
      const received = await ask(requestOf(method));
      assert.ok(received.startsWith(`HTTP/1.1 ${status}\r\n`), received);
      for (const line of raw) assert.ok(received.toLowerCase().includes(line.toLowerCase()), received);
    }
  });

  test('a reason in UTF-8 keeps its bytes, and any other reason beyond ASCII is dropped', async () => {
    const reason = Buffer.from('Schön €').toString('latin1');
    response = `HTTP/1.1 200 ${reason}\r\nContent-Length: 0\r\n\r\n`;
    assert.ok((await ask(requestOf('GET'))).startsWith(`HTTP/1.1 200 ${reason}\r\n`));
    response = 'HTTP/1.1 200 Sch\xf6n\r\nContent-Length: 0\r\n\r\n';
    assert.match(await ask(requestOf('GET')), /^HTTP\/1\.1 200 \r\n/);
  });

  test('a reason that arrives in pieces is passed on as a whole', async () => {
    response = 'HTTP/1.1 404 Nothing';
    rest = ' of the kind\r\nContent-Length: 0\r\n\r\n';
    assert.ok((await ask(requestOf('GET'))).startsWith('HTTP/1.1 404 Nothing of the kind\r\n'));
  });

  test('requests keep them', async () => {
    response = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
    const lines = ['Content-Disposition', 'X-Name', 'Cookie', 'Referer'].flatMap(linesOf);
    for (const framing of [[], ['Content-Length: 0']]) {
      const before = backend.received().length;
      await ask(requestOf('POST', '1.1', [...framing, ...lines]));
      for (const line of lines) assert.ok(backend.received().slice(before).includes(`\r\n${line}\r\n`), line);
    }
  });

  test('upgrades keep them in both directions', async () => {
    const raw = linesOf('X-Name');
    response = switchToWebSocket.replace('\r\n\r\n', `\r\n${raw[0]}\r\nContent-Disposition: ${utf8}\r\n\r\n`);
    const before = backend.received().length;
    const lines = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13', ...raw];
    const request = ['GET /raw HTTP/1.1', 'Host: a', `Sec-WebSocket-Key: ${webSocketKey}`, ...lines, '', ''];
    const received = (await ask(request.join('\r\n'))).toLowerCase();
    assert.ok(received.includes(`x-name: attachment; filename="${latin1}"`), received);
    assert.ok(received.includes(`content-disposition: ${utf8.toLowerCase()}`), received);
    for (const line of raw) assert.ok(backend.received().slice(before).includes(line), line);

    response = `HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nContent-Disposition: ${utf8}\r\n\r\nno`;
    const refused = await ask(request.join('\r\n'));
    assert.match(refused, /^HTTP\/1\.1 403 Forbidden\r\n/);
    assert.ok(refused.toLowerCase().includes(`content-disposition: ${utf8.toLowerCase()}`), refused);
  });

  test('the log has the status that the client saw', async () => {
    response = `HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Disposition: ${latin1}\r\n\r\nhello`;
    const id = 'header-bytes';
    assert.match(await ask(requestOf('GET', '1.1', [`X-Request-Id: ${id}`])), /^HTTP\/1\.1 200 OK\r\n/);
    const line = await eventually(() => gateway.log.find((each) => each.includes(`"request_id":"${id}"`)));
    assert.ok(line.includes('"status":200') && !line.includes('aborted') && !line.includes('reason'), line);
  });
});
