import { randomUUIDv7 } from 'node:crypto';
import type { CycleKey } from '../usage/cycle-keys.ts';

/** A threshold that has fired: once for a subscription and cycle, however many webhooks were called. */
export interface FiredThreshold extends CycleKey {
  threshold: number;
  /** Microseconds since 1970. */
  firedAt: number;
}

/** A webhook of a fired threshold. */
export interface CalledWebhook {
  id: string;
  /** Null if it has been deleted. */
  name: string | null;
  /** Null if it was disabled. */
  deliveryId: string | null;
}

/** A fired threshold, for people. */
export interface UsageNotification extends FiredThreshold {
  id: string;
  developer: { email: string; firstName: string; lastName: string };
  plan: { id: string; name: string };
  webhookCount: number;
  deliveryCount: number;
  /** The first 20 of them, by id. */
  webhooks: readonly CalledWebhook[];
}

/** The first 13 characters of the UUIDs, version 7, that are made at this time, in microseconds since 1970. */
export function timeOfId(micros: number): string {
  const time = Math.max(0, Math.floor(micros / 1000))
    .toString(16)
    .padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}`;
}

/** An id that sorts by time and threshold, which is below 4096: a report may cross several thresholds at one time. */
export const notificationId = ({ firedAt, threshold }: Pick<FiredThreshold, 'firedAt' | 'threshold'>): string =>
  `${timeOfId(firedAt)}-7${threshold.toString(16).padStart(3, '0')}${randomUUIDv7().slice(18)}`;
