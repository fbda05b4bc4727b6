import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import winston from 'winston';
import type { Config } from './config.ts';
import { isQuoting } from './database/database-errors.ts';

/** What a part of the system logs through. Fields must not hold secrets, query strings or bodies. */
export interface Logger {
  error(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  debug(message: string, fields?: Record<string, unknown>): void;
}

export interface LogOutput {
  /** A logger whose lines carry `label`. */
  labelled(label: string): Logger;
  /** Writes one finished line as it is, past winston's formats: the access log's way, once for every request. */
  line(text: string): void;
  readonly format: 'json' | 'pretty';
  readonly isInfoEnabled: boolean;
  flush(): Promise<void>;
}

const flushAfterMs = 50;
const flushAtCharacters = 32_768;
/** What a pipe takes whole on Linux, however many processes write into it. */
const wholeWriteBytes = 4096;
const lineEnd = 10;

/** Collects lines and writes them together: a system call for each line costs more than the line. */
class BufferedLines extends Writable {
  #lines = '';
  #timer: NodeJS.Timeout | undefined;
  readonly #sink: Writable;
  readonly #isShared: boolean;

  constructor(sink: Writable, isShared: boolean) {
    super({ decodeStrings: false });
    this.#sink = sink;
    this.#isShared = isShared;
  }

  push(text: string): void {
    this.#lines += text;
    if (this.#lines.length >= flushAtCharacters) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), flushAfterMs).unref();
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = '';
    const writes: (string | Buffer)[] = this.#isShared ? wholeWrites(lines) : [lines];
    const last = writes.pop();
    for (const text of writes) this.#sink.write(text);
    return new Promise((resolve) => {
      if (!last?.length) resolve();
      else this.#sink.write(last, () => resolve());
    });
  }

  override _write(text: string, _encoding: BufferEncoding, done: () => void): void {
    this.push(text);
    done();
  }
}

/** Cuts lines into writes that those of other processes do not get into. A line that is longer goes alone. */
function wholeWrites(lines: string): Buffer[] {
  const bytes = Buffer.from(lines);
  const writes: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const most = start + wholeWriteBytes;
    const last = most >= bytes.length ? bytes.length - 1 : bytes.lastIndexOf(lineEnd, most - 1);
    const end = last >= start ? last : bytes.indexOf(lineEnd, most);
    writes.push(bytes.subarray(start, end === -1 ? bytes.length : end + 1));
    start = end === -1 ? bytes.length : end + 1;
  }
  return writes;
}

const pretty = winston.format.printf(({ timestamp, level, label, message, ...fields }) => {
  const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
  return `${String(timestamp)} ${level.toUpperCase().padEnd(5)} ${String(label)}: ${String(message)}${rest}`;
});

/**
 * The process's log: winston, one line an entry, to `sink` (standard error unless a test says otherwise). Where several workers
 * write into one, entries carry the process's id, but for the access log's, which are built once for every request.
 */
export function createLogOutput(
  settings: Pick<Config, 'LOG_LEVEL' | 'LOG_FORMAT'> & Partial<Pick<Config, 'WORKERS'>>,
  sink: Writable & { isTTY?: boolean } = process.stderr,
): LogOutput {
  const isShared = (settings.WORKERS ?? 1) > 1;
  const format = settings.LOG_FORMAT ?? (sink.isTTY ? 'pretty' : 'json');
  const buffer = new BufferedLines(sink, isShared);
  const root = winston.createLogger({
    level: settings.LOG_LEVEL,
    ...(isShared ? { defaultMeta: { pid: process.pid } } : {}),
    format: winston.format.combine(winston.format.timestamp(), format === 'pretty' ? pretty : winston.format.json()),
    transports: [new winston.transports.Stream({ stream: buffer })],
  });
  return {
    labelled: (label) => root.child({ label }),
    line: (text) => buffer.push(text),
    format,
    isInfoEnabled: root.isLevelEnabled('info'),
    flush: () => buffer.flush(),
  };
}

/** For the moment before a forced end, when nothing asynchronous would still run. */
export function writeLastLine(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // Nobody is listening any more.
  }
}

/**
 * What may be logged of an unforeseen error: its name, code, message and stack. Database errors quote the statement and its
 * values in their message, so of those only the code and the place in our code remain.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { thrown: typeof error };
  const { code, errno } = error as { code?: unknown; errno?: unknown };
  const fromDatabase = error.name !== 'DatabaseError' && (isQuoting(error) || code === 'ERR_SQLITE_ERROR');
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    error: error.name,
    ...(code === undefined ? {} : { code }),
    ...(fromDatabase ? { errno } : { reason: error.message }),
    stack: frames.map((line) => line.trim()).slice(0, 12),
  };
}
