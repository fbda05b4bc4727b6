import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createNameResolver, type DnsError } from '../../../src/dispatcher/sending/name-resolver.ts';
import { patient } from '../../support/patience.ts';
import { timed } from '../../support/timed.ts';

const types = { A: 1, AAAA: 28 } as const;
const timeoutMs = 1000;

interface NameServer {
  /** Queries so far, for instance `A name.example`. */
  readonly asked: string[];
  readonly address: string;
  close(): Promise<void>;
}

/** A name server with these answers: `none` is an empty one, and other queries are never answered. */
async function createNameServer(answers: Record<string, readonly number[] | 'none'>): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, { port, address }) => {
    const question = questionOf(query);
    asked.push(question);
    const known = answers[question];
    if (known) socket.send(reply(query, question, known === 'none' ? undefined : known), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    asked,
    address: `127.0.0.1:${socket.address().port}`,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

const header = 12;

function questionOf(query: Buffer): string {
  const labels: string[] = [];
  let at = header;
  for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + size));
    at += size + 1;
  }
  return `${query.readUInt16BE(at + 1) === types.A ? 'A' : 'AAAA'} ${labels.join('.')}`;
}

function reply(query: Buffer, question: string, bytes: readonly number[] | undefined): Buffer {
  const name = question.slice(question.indexOf(' ') + 1);
  const asked = query.subarray(header, header + name.length + 2 + 4);
  const head = Buffer.from([...query.subarray(0, 2), 0x81, 0x80, 0, 1, 0, bytes ? 1 : 0, 0, 0, 0, 0]);
  const type = question.startsWith('AAAA') ? types.AAAA : types.A;
  const record = bytes ? Buffer.from([0xc0, header, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length, ...bytes]) : '';
  return Buffer.concat([head, asked, Buffer.from(record)]);
}

const v4 = [192, 0, 2, 7];
const v6 = [0x20, 0x01, 0x0d, 0xb8, ...Array<number>(11).fill(0), 9];

async function resolveWith(
  answers: Record<string, readonly number[] | 'none'>,
  name = 'name.example',
  search = '/dev/null',
): Promise<{ addresses?: string[]; error?: DnsError; ownMs: number; asked: string[] }> {
  const server = await createNameServer(answers);
  const { result, ownMs } = await timed(() =>
    createNameResolver({ servers: [server.address], search })
      .resolve(name, timeoutMs)
      .then(
        (addresses) => ({ addresses }),
        (error: DnsError) => ({ error }),
      ),
  );
  await server.close();
  return { ...result, ownMs, asked: server.asked };
}

describe('the name resolver', () => {
  test('a name resolves to all its addresses of both families', async () => {
    const { addresses } = await resolveWith({ 'A name.example': v4, 'AAAA name.example': v6 });
    assert.deepEqual(addresses, ['192.0.2.7', '2001:db8::9']);
  });

  test('a name server that is silent about one family costs only a part of the timeout', async () => {
    const silent = await resolveWith({ 'A name.example': v4 });
    assert.deepEqual(silent.addresses, ['192.0.2.7']);
    assert.ok(silent.ownMs < patient(timeoutMs / 2), `${silent.ownMs} ms`);
    assert.deepEqual((await resolveWith({ 'AAAA name.example': v6 })).addresses, ['2001:db8::9']);
  });

  test('a missing name is no timeout, and a silent name server costs the timeout at most', async () => {
    const missing = await resolveWith({ 'A name.example': 'none', 'AAAA name.example': 'none' });
    assert.deepEqual([missing.error?.name, missing.error?.isTimeout], ['DnsError', false]);
    const silent = await resolveWith({});
    assert.deepEqual([silent.error?.name, silent.error?.isTimeout], ['DnsError', true]);
    assert.ok(silent.ownMs < timeoutMs + patient(300), `${silent.ownMs} ms`);
  });

  describe('with search domains', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hookgate-test-'));
    after(() => rmSync(folder, { recursive: true }));
    const file = (text: string): string => {
      const path = join(folder, 'resolv.conf');
      writeFileSync(path, text);
      return path;
    };
    const cluster =
      'nameserver 10.0.0.10\nsearch my.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n';
    const nothing = (...names: string[]) =>
      Object.fromEntries(
        names.flatMap((name) => [`A ${name}`, `AAAA ${name}`].map((question) => [question, 'none' as const])),
      );
    /** The names that were asked for, in their order. */
    const names = (asked: readonly string[]): string[] => [
      ...new Set(asked.map((question) => question.replace(/^A+ /, ''))),
    ];

    test('a name with few dots is tried in the domains first', async () => {
      const inNamespace = 'receiver.other.my.svc.cluster.local';
      const inCluster = 'receiver.other.svc.cluster.local';
      const answers = { ...nothing(inNamespace, inCluster), [`A ${inCluster}`]: v4 };
      const { addresses, asked } = await resolveWith(answers, 'receiver.other', file(cluster));
      assert.deepEqual(addresses, ['192.0.2.7']);
      assert.deepEqual(names(asked), [inNamespace, inCluster]);
    });

    test('a name that no domain has is tried as it is', async () => {
      const domains = ['my.svc.cluster.local', 'svc.cluster.local', 'cluster.local'].map(
        (domain) => `a.example.${domain}`,
      );
      const answers = { ...nothing(...domains, 'a.example'), 'AAAA a.example': v6 };
      const { addresses, asked } = await resolveWith(answers, 'a.example', file(cluster));
      assert.deepEqual(addresses, ['2001:db8::9']);
      assert.deepEqual(names(asked), [...domains, 'a.example']);
    });

    test('a name with enough dots is tried as it is first, and in the domains afterwards', async () => {
      const search = file('# comment\ndomain old.example\nsearch corp.example. # last one counts\n');
      const { asked, addresses } = await resolveWith(
        { 'A hooks.example': v4, ...nothing('none') },
        'hooks.example',
        search,
      );
      assert.deepEqual([addresses, names(asked)], [['192.0.2.7'], ['hooks.example']]);
      const answers = { ...nothing('hooks.team', 'hooks.team.corp.example'), 'A hooks.team.corp.example': v4 };
      assert.deepEqual((await resolveWith(answers, 'hooks.team', search)).addresses, ['192.0.2.7']);
    });

    test('a final dot makes a name absolute', async () => {
      const { error, asked } = await resolveWith(nothing('receiver.other'), 'receiver.other.', file(cluster));
      assert.deepEqual([error?.name, names(asked)], ['DnsError', ['receiver.other']]);
    });

    test('a silent name server costs the timeout at most, and missing names are no timeout', async () => {
      const silent = await resolveWith({}, 'receiver', file(cluster));
      assert.equal(silent.error?.isTimeout, true);
      assert.ok(silent.ownMs < timeoutMs + patient(300), `${silent.ownMs} ms`);
      const domains = ['a.my.svc.cluster.local', 'a.svc.cluster.local', 'a.cluster.local', 'a'];
      assert.equal((await resolveWith(nothing(...domains), 'a', file(cluster))).error?.isTimeout, false);
    });
  });

  test('local names and addresses need no query', async () => {
    for (const [name, expected] of Object.entries({
      '192.0.2.1': ['192.0.2.1'],
      '2001:db8::1': ['2001:db8::1'],
      '[2001:db8::1]': ['2001:db8::1'],
      'anything.localhost': ['127.0.0.1', '::1'],
      'anything.localhost.': ['127.0.0.1', '::1'],
    })) {
      const { addresses, asked } = await resolveWith({}, name);
      assert.deepEqual([addresses, asked], [expected, []], name);
    }
    const { addresses, asked } = await resolveWith({}, 'LocalHost');
    assert.ok(addresses?.includes('127.0.0.1'));
    assert.deepEqual(asked, []);
  });
});
