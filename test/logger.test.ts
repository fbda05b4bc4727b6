import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import { createLogOutput } from '../src/logger.ts';

function createSink() {
  const writes: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk);
      done();
    },
  });
  return { writes, sink, text: () => Buffer.concat(writes).toString() };
}

const settings = { LOG_LEVEL: 'info', LOG_FORMAT: 'json' } as const;
const lines = Array.from({ length: 500 }, (_, index) => `${index} ${'ü'.repeat(index)}\n`);

describe('the log of one process', () => {
  test('entries are batched into few writes and carry no process id', async () => {
    const { sink, writes, text } = createSink();
    const log = createLogOutput(settings, sink);
    log.labelled('a').info('b');
    for (const line of lines.slice(0, 100)) log.line(line);
    await log.flush();
    assert.equal(writes.length, 1);
    const [first = '', ...others] = text().split('\n');
    assert.equal(JSON.parse(first).pid, undefined);
    assert.equal(`${others.join('\n')}`, lines.slice(0, 100).join(''));
  });
});

describe('the log of a worker', () => {
  test('entries carry the process id', async () => {
    const { sink, text } = createSink();
    const log = createLogOutput({ ...settings, WORKERS: 2 }, sink);
    log.labelled('a').info('b', { c: 1 });
    await log.flush();
    const { timestamp: _, ...entry } = JSON.parse(text());
    assert.deepEqual(entry, { level: 'info', label: 'a', message: 'b', pid: process.pid, c: 1 });
  });

  test('every write holds whole lines of at most 4096 bytes, and nothing is lost', async () => {
    const { sink, writes, text } = createSink();
    const log = createLogOutput({ ...settings, WORKERS: 2 }, sink);
    const long = `${'x'.repeat(10_000)}\n`;
    const all = [...lines.slice(0, 250), long, ...lines.slice(250), 'no end'];
    for (const line of all) log.line(line);
    await log.flush();
    assert.equal(text(), all.join(''));
    for (const write of writes.slice(0, -1)) assert.equal(write.at(-1), 10);
    const large = writes.filter(({ length }) => length > 4096).map(String);
    assert.deepEqual(large, [long]);
    assert.ok(writes.length < 250, `${writes.length} writes`);
    await log.flush();
  });
});
