import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import winston from 'winston';
import type { Config } from './config.ts';
import { isQuoting } from './database/database-errors.ts';
import { describeThrown } from './errors.ts';

/** The logger of one part of the system. Fields must not hold secrets, query strings or bodies. */
export interface Logger {
  error(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  debug(message: string, fields?: Record<string, unknown>): void;
}

export interface LogOutput {
  /** A logger that adds `label` to its entries. */
  labelled(label: string): Logger;
  /** Writes a finished line and bypasses winston's formats: the access log builds one for every request. */
  line(text: string): void;
  readonly format: 'json' | 'pretty';
  readonly isInfoEnabled: boolean;
  flush(): Promise<void>;
}

const flushAfterMs = 50;
const flushAtCharacters = 32_768;
/** PIPE_BUF on Linux: a write up to this size is atomic, even with several writers (pipe(7)). */
const wholeWriteBytes = 4096;
const lineEnd = 10;

/** Buffers lines and writes them in batches: one system call per line costs more than the line itself. */
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

/**
 * Splits lines into atomic writes, so that other processes cannot write in the middle. A longer line is a write of its
 * own.
 */
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
 * The log of the process: winston, one line per entry, to `sink` (default: standard error). With several workers,
 * entries carry the process id; lines of the access log do not, because winston does not format them.
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

/** Writes synchronously to standard error: before a forced exit nothing asynchronous runs any more. */
export function writeLastLine(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // Standard error is closed.
  }
}

/**
 * Log fields of an unexpected error: name, code, message and stack. The messages of database errors quote the statement
 * with its values, so these are logged by code and stack alone.
 */
export function describeError(error: unknown): Record<string, unknown> {
  try {
    if (!(error instanceof Error)) return { thrown: describeThrown(error) };
    return fieldsOf(error);
  } catch {
    // A getter of the error throws.
    return { thrown: 'unreadable error' };
  }
}

function fieldsOf(error: Error): Record<string, unknown> {
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
