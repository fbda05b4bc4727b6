import { createCipheriv, createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Check, demand } from '../check.ts';
import { headerOf } from '../client.ts';
import type { Lab } from '../lab.ts';
import { arrivedAt } from './methods.ts';

type Framing = 'length' | 'chunked' | 'close';

const mebibyte = 1024 * 1024;
const large = 8 * mebibyte;
/** Pseudo-random bytes, so that no mix-up stays unnoticed. */
const bytes = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(large));
const hash = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

const headerFor: Readonly<Record<Framing, (size: number) => string>> = {
  length: (size) => `Content-Length: ${size}`,
  chunked: () => 'Transfer-Encoding: chunked',
  close: () => 'Connection: close',
};

function framed(body: Buffer, framing: Framing): Buffer {
  if (framing !== 'chunked') return body;
  const parts: Buffer[] = [];
  for (let from = 0; from < body.length; from += 10_007) {
    const part = body.subarray(from, from + 10_007);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

/** Performs one call with a body in each direction and compares the bytes. */
async function exchange(lab: Lab, up: [Buffer, Framing] | undefined, down: [Buffer, Framing], lines: string[] = []) {
  const target = lab.path();
  lab.backend.behave(target, async ({ whole, socket }) => {
    await whole;
    const [body, framing] = down;
    const head = ['HTTP/1.1 200 OK', headerFor[framing](body.length), ...lines].join('\r\n');
    socket.write(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), framed(body, framing)]));
    if (framing === 'close') socket.end();
  });
  const client = await lab.open();
  const framing = up ? [headerFor[up[1]](up[0].length)] : [];
  client.write(lab.request({ method: up ? 'POST' : 'GET', target, lines: [...framing, ...lines] }));
  if (up) client.write(framed(...up));
  const answer = await client.answer(1, lab.patienceMs).finally(() => client.socket.destroy());
  demand('status', answer.status, 200);
  demand('bytes for the client', answer.body.length, down[0].length);
  demand('hash at the client', hash(answer.body), hash(down[0]));
  const request = arrivedAt(lab, target);
  demand('bytes at the backend', request.body.length, up?.[0].length ?? 0);
  demand('hash at the backend', hash(request.body), hash(up?.[0] ?? Buffer.alloc(0)));
  return { answer, request };
}

const sizes = [0, 1, 16_383, 16_384, 65_536, 1_000_003, large];
const names: Readonly<Record<Framing, string>> = {
  length: 'with Content-Length',
  chunked: 'in chunks',
  close: 'until the end of the connection',
};
const some = Buffer.from('hello');

const upload = (size: number, framing: Framing): Check => ({
  name: `${size} bytes up, ${names[framing]}`,
  run: async (lab) => {
    await exchange(lab, [bytes.subarray(0, size), framing], [some, 'length']);
    return 'the same bytes';
  },
});

const download = (size: number, framing: Framing): Check => ({
  name: `${size} bytes down, ${names[framing]}`,
  run: async (lab) => {
    await exchange(lab, undefined, [bytes.subarray(0, size), framing]);
    return 'the same bytes';
  },
});

const both: Check = {
  name: `${large} bytes each way`,
  run: async (lab) => {
    await exchange(lab, [bytes, 'chunked'], [bytes, 'chunked']);
    return 'the same bytes';
  },
};

const compressed: Check = {
  name: 'compressed bodies are neither decompressed nor recompressed',
  run: async (lab) => {
    const bomb = gzipSync(Buffer.alloc(large));
    const { answer, request } = await exchange(lab, [bomb, 'length'], [bomb, 'length'], ['Content-Encoding: gzip']);
    demand('Content-Encoding for the client', headerOf(answer, 'content-encoding'), 'gzip');
    demand('Content-Encoding for the backend', headerOf(request, 'content-encoding'), 'gzip');
    return 'the same bytes';
  },
};

/** Bodies pass byte for byte, with every size and framing. */
export const bodies: readonly Check[] = [
  ...sizes.flatMap((size) => (['length', 'chunked'] as const).map((framing) => upload(size, framing))),
  ...sizes.flatMap((size) => (['length', 'chunked', 'close'] as const).map((framing) => download(size, framing))),
  both,
  compressed,
];
