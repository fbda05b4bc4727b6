import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Logger } from '../../src/logger.ts';
import type { Certificate } from '../../src/tls/certificate.ts';
import { createExpiryLog } from '../../src/tls/expiry-log.ts';
import { openCertificate } from '../../src/tls/served-certificate.ts';
import { createAuthority, type Issued } from '../support/authority.ts';
import { eventually } from '../support/eventually.ts';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function recordLog(): Logger & { lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    void lines.push({ level, message, fields: fields ?? {} });
  return { lines, error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

const authority = createAuthority();
const first = authority.issue({ subject: 'first' });
const second = authority.issue({ subject: 'second' });
const third = authority.issue({ subject: 'third' });

let folder: string;
let stop: () => Promise<void> = async () => undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookgate-served-'));
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

const write = (place: string, { cert, key }: Issued): void => {
  writeFileSync(join(place, 'tls.crt'), cert);
  writeFileSync(join(place, 'tls.key'), key, { mode: 0o600 });
};

/** Follows `tls.crt` and `tls.key` in the folder. `offset` is added to the clock, in milliseconds. */
function follow(times: { healsWithinMs: number; tryAgainMs?: number }) {
  const logger = recordLog();
  const clock = { offset: 0, asked: 0 };
  const exchanged: string[] = [];
  const served = openCertificate({
    files: { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') },
    logger,
    now: () => {
      clock.asked += 1;
      return (Date.now() + clock.offset) * 1000;
    },
    times: { lookEveryMs: 10, ...times },
  });
  stop = served.follow(({ subject }) => exchanged.push(subject));
  const errors = () => logger.lines.filter(({ level }) => level === 'error');
  return { served, logger, clock, exchanged, errors };
}

test('files that change one after the other are served together, without an error in between', async () => {
  write(folder, first);
  const { exchanged, errors, clock } = follow({ healsWithinMs: 60_000 });
  writeFileSync(join(folder, 'tls.crt'), second.cert);
  writeFileSync(join(folder, 'new'), third.cert);
  const asked = clock.asked;
  await eventually(() => clock.asked > asked + 5);
  assert.deepEqual(exchanged, ['CN=first']);
  writeFileSync(join(folder, 'tls.key'), second.key);
  await eventually(() => exchanged.includes('CN=second'));
  renameSync(join(folder, 'new'), join(folder, 'tls.crt'));
  writeFileSync(join(folder, 'tls.key'), third.key);
  await eventually(() => exchanged.includes('CN=third'));
  assert.deepEqual(exchanged, ['CN=first', 'CN=second', 'CN=third']);
  assert.deepEqual(errors(), []);
});

test('an exchange that fails is an error, and is tried again', async () => {
  write(folder, first);
  const { served, errors } = follow({ healsWithinMs: 20, tryAgainMs: 20 });
  await stop();
  let isBroken = false;
  const exchanged: string[] = [];
  stop = served.follow(({ subject }) => {
    if (isBroken) throw new Error('no memory');
    exchanged.push(subject);
  });
  isBroken = true;
  write(folder, second);
  await eventually(() => errors().length === 1);
  assert.equal(errors()[0]?.message, 'TLS certificate cannot be exchanged');
  isBroken = false;
  await eventually(() => exchanged.includes('CN=second'));
});

test('a folder that is exchanged through a symbolic link, also one elsewhere, is followed', async () => {
  for (const [name, pair] of Object.entries({ first, second })) {
    mkdirSync(join(folder, name));
    write(join(folder, name), pair);
  }
  symlinkSync('first', join(folder, '..data'));
  for (const name of ['tls.crt', 'tls.key']) symlinkSync(join('..data', name), join(folder, name));
  const { exchanged, errors } = follow({ healsWithinMs: 60_000 });
  symlinkSync('second', join(folder, '..next'));
  renameSync(join(folder, '..next'), join(folder, '..data'));
  await eventually(() => exchanged.includes('CN=second'));
  write(join(folder, 'second'), third);
  await eventually(() => exchanged.includes('CN=third'));
  assert.deepEqual(errors(), []);
});

test('a pair that stays bad is one error with its reason, changes nothing, and heals without a signal', async () => {
  write(folder, first);
  const { served, exchanged, errors, logger } = follow({ healsWithinMs: 50, tryAgainMs: 20 });
  writeFileSync(join(folder, 'tls.key'), second.key);
  await eventually(() => errors().length > 0);
  rmSync(join(folder, 'tls.crt'));
  await eventually(() => errors().length > 1);
  const reasons = errors().map(({ fields }) => fields.reason);
  assert.match(String(reasons[0]), /does not belong to the certificate/);
  assert.equal(reasons[1], 'cannot be read (ENOENT)');
  assert.equal(served.current.subject, 'CN=first');
  writeFileSync(join(folder, 'tls.crt'), second.cert);
  await eventually(() => exchanged.includes('CN=second'));
  assert.equal(errors().length, 2);
  assert.equal(logger.lines.at(-1)?.message, 'TLS certificate loaded');
});

test('a reload says at once that a pair is bad, and once that it is unchanged', () => {
  write(folder, first);
  const { served, errors, logger } = follow({ healsWithinMs: 60_000 });
  assert.ok(served.reload());
  assert.equal(logger.lines.at(-1)?.message, 'TLS certificate unchanged');
  writeFileSync(join(folder, 'tls.crt'), 'nonsense');
  assert.ok(!served.reload());
  assert.equal(errors().length, 1);
  assert.deepEqual(errors()[0]?.fields, {
    setting: 'TLS_CERT_FILE',
    file: join(folder, 'tls.crt'),
    reason: 'has no certificate in PEM form',
  });
});

test('a pair that is not valid yet is served when its time has come', async () => {
  write(folder, first);
  const { exchanged, errors, clock } = follow({ healsWithinMs: 10, tryAgainMs: 20 });
  write(folder, authority.issue({ subject: 'later', from: new Date(Date.now() + 3_600_000) }));
  await eventually(() => errors().length > 0);
  clock.offset = 3_700_000;
  await eventually(() => exchanged.includes('CN=later'));
  assert.equal(errors().length, 1);
});

test('the end of a certificate is logged in three stages, each once a day', () => {
  const day = 86_400_000;
  const seen = (lifetimeDays: number, daysLeft: number[]): string[] => {
    const logger = recordLog();
    const log = createExpiryLog(logger);
    const certificate = { fingerprint: 'A', notAfter: 100 * day, lifetimeMs: lifetimeDays * day } as Certificate;
    return daysLeft.map((left) => {
      log(certificate, (100 - left) * day);
      return logger.lines.splice(0).map(({ level, message }) => `${level} ${/expired|soon/.exec(message)}`)[0] ?? '';
    });
  };
  const [soon, gone] = ['warn soon', 'error expired'];
  assert.deepEqual(seen(90, [31, 29.9, 29.5, 28.8, 6.9, 6.5, -0.1, -0.5]), ['', soon, '', soon, soon, '', gone, '']);
  assert.deepEqual(seen(6, [3, 1.9, 0.4]), ['', soon, soon]);
});
