import { statSync } from 'node:fs';
import { repeat } from '../lifecycle/repeating.ts';
import { describeError, type Logger } from '../logger.ts';
import { type Certificate, CertificateError, type CertificateFiles, isoTime, readCertificate } from './certificate.ts';
import { createExpiryLog } from './expiry-log.ts';
import { modeForOthers } from './key-mode.ts';

export interface ServedCertificate {
  /** The newest pair that passed the checks. */
  readonly current: Certificate;
  /** Reads the files again. Returns false for a bad pair: the served one stays, and the log has the reason. */
  reload(): boolean;
  /**
   * Passes the served pair to `exchange`, then each new one; the files are read again whenever they change. Returns a function
   * that stops this.
   */
  follow(exchange: (next: Certificate) => void): () => Promise<void>;
}

export interface ServedCertificateParts {
  readonly files: CertificateFiles;
  readonly logger: Logger;
  /** Microseconds since 1970. */
  readonly now: () => number;
  readonly times?: Partial<typeof defaultTimes> | undefined;
}

const defaultTimes = {
  /** A look at the files reads no content, and follows links: it also notices a link that leads elsewhere. */
  lookEveryMs: 500,
  /** Certificate and key are replaced one after the other: a bad pair is an error once it has lasted this long. */
  healsWithinMs: 5000,
  /** A bad pair that has been logged is tried again without a change of its files: its time may have come. */
  tryAgainMs: 60_000,
};

/** Reads the pair. Throws `CertificateError` if it is bad. */
export function openCertificate({ files, logger, now, times }: ServedCertificateParts): ServedCertificate {
  const { lookEveryMs, healsWithinMs, tryAgainMs } = { ...defaultTimes, ...times };
  let known = stateOf(files);
  let current = readCertificate(files, now() / 1000);
  let exchange: (next: Certificate) => void = () => undefined;
  let seen = known;
  let bad: { since: number; triedAt: number; state: string; logged: string | undefined } | undefined;
  const logExpiry = createExpiryLog(logger);
  reportLoaded();

  function reportLoaded(): void {
    const { subject, names, fingerprint, notAfter } = current;
    logger.info('TLS certificate loaded', { subject, names, fingerprint, not_after: isoTime(notAfter) });
    const mode = modeForOthers(files.keyFile);
    if (mode) logger.warn('other users of this machine can use the TLS key', { file: files.keyFile, mode });
  }

  /** Serves the pair of the files. Returns the problem of a bad one, which changes nothing. */
  function load(): unknown {
    const state = stateOf(files);
    try {
      const next = readCertificate(files, now() / 1000);
      const isSame = next.cert === current.cert && next.key === current.key;
      if (!isSame) exchange(next);
      known = state;
      bad = undefined;
      if (isSame) {
        logger.info('TLS certificate unchanged', { fingerprint: current.fingerprint });
        return undefined;
      }
      current = next;
      reportLoaded();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  function refuse(problem: unknown): void {
    if (problem instanceof CertificateError) {
      const { setting, file, reason } = problem;
      logger.error('TLS certificate refused, the served one stays', { setting, file, reason });
    } else logger.error('TLS certificate cannot be exchanged', describeError(problem));
  }

  function look(): void {
    logExpiry(current, now() / 1000);
    const state = stateOf(files);
    const isResting = state === seen;
    seen = state;
    if (!isResting || state === known) return;
    const at = performance.now();
    if (bad?.logged !== undefined && bad.state === state && at - bad.triedAt < tryAgainMs) return;
    const problem = load();
    if (!problem) return;
    bad = { since: at, logged: undefined, ...bad, triedAt: at, state };
    if (at - bad.since < healsWithinMs || bad.logged === String(problem)) return;
    bad.logged = String(problem);
    refuse(problem);
  }

  return {
    get current() {
      return current;
    },
    reload() {
      const problem = load();
      if (!problem) return true;
      const at = performance.now();
      bad = { since: at, triedAt: at, state: stateOf(files), logged: String(problem) };
      refuse(problem);
      return false;
    },
    follow(onNew) {
      exchange = onNew;
      exchange(current);
      logExpiry(current, now() / 1000);
      return repeat(lookEveryMs, async () => look(), logger);
    },
  };
}

/** A text that differs between any two versions of the files. */
function stateOf({ certFile, keyFile }: CertificateFiles): string {
  const states = [certFile, keyFile].map((file) => {
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
      return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  });
  return states.join();
}
