import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { bytesOf, type GeneratedBody, type GeneratedCall, generatedCall, piecesOf } from './generated-calls.ts';

const calls = 4000;
const together = 25;
/** A failure prints the seed and path of the run; put them here to repeat it. */
const seed = 20_260_401;

interface Seen {
  readonly start: string;
  readonly headers: readonly string[];
  readonly body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: together });
const expected = new Map<string, GeneratedCall>();
const arrived = new Map<string, Seen>();
let gateway: TestGateway;
let token: string;

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function hashOf(message: IncomingMessage): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of message) sum.update(chunk as Buffer);
  return sum.digest('hex');
}

/** The generated headers, in their order. */
function ownHeaders({ rawHeaders }: IncomingMessage, prefix: string): string[] {
  const found: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.startsWith(prefix)) found.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  return found;
}

const lines = (headers: GeneratedCall['headers']): string[] => headers.map(([name, value]) => `${name}: ${value}`);

function writePieces(message: { write(bytes: Buffer): unknown; end(): unknown }, body: GeneratedBody): void {
  for (const piece of piecesOf(body)) message.write(piece);
  message.end();
}

/** Records the request and responds as the generated call says. */
async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const number = String(req.headers['x-number']);
  const start = `${req.method} ${req.url}`;
  arrived.set(number, { start, headers: ownHeaders(req, 'x-sent-'), body: await hashOf(req) });
  const { status, headers, body } = (expected.get(number) as GeneratedCall).answer;
  const framing =
    body.framing === 'length'
      ? ['Content-Length', String(body.size)]
      : body.framing === 'close'
        ? ['Connection', 'close']
        : [];
  if (body.framing === 'close') res.useChunkedEncodingByDefault = false;
  res.writeHead(status, [...headers.flat(), ...(status === 204 ? [] : framing)]);
  writePieces(res, body);
}

async function send(number: string, { method, target, headers, body }: GeneratedCall): Promise<IncomingMessage> {
  const own = [
    'Host',
    'gateway.test',
    'X-Target-Server',
    'mirror',
    'Authorization',
    `Bearer ${token}`,
    'X-Number',
    number,
  ];
  const framing = {
    length: ['Content-Length', String(body?.size)],
    chunked: ['Transfer-Encoding', 'chunked'],
    close: [],
  };
  const all = [...own, ...headers.flat(), ...(body ? framing[body.framing] : [])];
  const req = httpRequest({ agent, host: '127.0.0.1', port: gateway.port, method, path: target, headers: all });
  if (body) writePieces(req, body);
  else req.end();
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  return res;
}

/** Header names ignore case, and order matters only among headers of one name. */
const byName = (headers: readonly string[]): string[] =>
  headers
    .map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()))
    .sort((a, b) => (a.split(':')[0] as string).localeCompare(b.split(':')[0] as string));

async function check(call: GeneratedCall, number: string): Promise<void> {
  expected.set(number, call);
  const res = await send(number, call);
  const body = await hashOf(res);
  assert.deepEqual(arrived.get(number), {
    start: `${call.method} ${call.target}`,
    headers: lines(call.headers),
    body: hash(call.body ? bytesOf(call.body) : Buffer.alloc(0)),
  });
  const { status, headers, body: answered } = call.answer;
  const hasBody = call.method !== 'HEAD' && status !== 204 && status !== 304;
  assert.deepEqual(
    { status: res.statusCode, headers: byName(ownHeaders(res, 'x-answered-')), body },
    { status, headers: byName(lines(headers)), body: hash(hasBody ? bytesOf(answered) : Buffer.alloc(0)) },
  );
}

const backend = createServer((req, res) => {
  answer(req, res).catch(() => res.destroy());
});

before(async () => {
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const upstreams = [`http://127.0.0.1:${(backend.address() as AddressInfo).port}`];
  gateway = await createTestGateway({ plugins: [], targets: { mirror: { upstreams } }, env: { LOG_LEVEL: 'warn' } });
  token = await gateway.token();
});
after(async () => {
  agent.destroy();
  await gateway.close();
  backend.close();
  await once(backend, 'close');
});

test(`${calls} generated calls and their responses pass byte for byte`, async () => {
  let count = 0;
  const some = fc.array(generatedCall, { minLength: together, maxLength: together });
  const property = fc.asyncProperty(some, async (batch) => {
    await Promise.all(
      batch.map((call) => {
        count += 1;
        return check(call, String(count)).catch((error: unknown) => {
          throw new Error(`${JSON.stringify(call)}: ${(error as Error).message}`);
        });
      }),
    );
    expected.clear();
    arrived.clear();
  });
  // Shrinking a batch is not worth its time: the message contains the one call that failed.
  await fc.assert(property, { seed, numRuns: calls / together, endOnFailure: true });
  assert.equal(count, calls);
});
