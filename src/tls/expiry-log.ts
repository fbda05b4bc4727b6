import type { Logger } from '../logger.ts';
import { type Certificate, isoTime } from './certificate.ts';

const dayMs = 86_400_000;

/** Logs that a certificate ends soon, when a stage begins and then once a day. `now` in milliseconds since 1970. */
export function createExpiryLog(logger: Logger): (certificate: Certificate, now: number) => void {
  let logged = { fingerprint: '', stage: 0, at: 0 };
  return (certificate, now) => {
    const { fingerprint, notAfter } = certificate;
    const stage = stageOf(certificate, now);
    const isKnown = logged.fingerprint === fingerprint && logged.stage === stage && now - logged.at < dayMs;
    if (stage === 0 || isKnown) return;
    logged = { fingerprint, stage, at: now };
    const not_after = isoTime(notAfter);
    if (stage === 3) logger.error('TLS certificate has expired, clients refuse it', { fingerprint, not_after });
    else logger.warn('TLS certificate expires soon', { fingerprint, not_after, days_left: daysLeft(certificate, now) });
  };
}

/** Whole days that a certificate is still valid; negative after its end. */
export const daysLeft = ({ notAfter }: Certificate, now: number): number => Math.floor((notAfter - now) / dayMs);

/** 1: 30 days are left, 2: 7 days, 3: expired. A certificate of less than 90 days has a third and a twelfth of its time. */
function stageOf({ notAfter, lifetimeMs }: Certificate, now: number): number {
  const left = notAfter - now;
  if (left < 0) return 3;
  if (left < Math.min(7 * dayMs, lifetimeMs / 12)) return 2;
  return left < Math.min(30 * dayMs, lifetimeMs / 3) ? 1 : 0;
}
