import type { StoredSettings } from './delivery-columns.ts';
import { masked } from './delivery-headers.ts';
import type { SettingsInput } from './delivery-schemas.ts';
import type { DeliverySettings } from './delivery-settings.ts';

/** The delivery settings of a distributor, with its switch and its subscriptions. */
export interface DistributorDelivery {
  enabled: boolean;
  eventTypes: readonly string[];
  stored: StoredSettings;
}

/** Renders the settings for an answer. Values of headers are masked. */
function toSettingsAnswer(settings: DeliverySettings): SettingsInput {
  const { headers, retrySchedule, timeoutMs, ratePerSecond, ordered, disableAfterS } = settings;
  return {
    headers: masked(headers),
    retry_schedule: retrySchedule,
    timeout_ms: timeoutMs,
    rate_limit: ratePerSecond === null ? null : { per_second: ratePerSecond },
    ordered,
    disable_after_s: disableAfterS,
  };
}

export const toDistributorAnswer = ({ enabled, eventTypes, stored }: DistributorDelivery) => ({
  enabled,
  event_types: eventTypes,
  ...toSettingsAnswer(stored.settings),
});

/** Its members are in alphabetical order, as in every answer of this API family. */
export function toWebhookAnswer({ settings }: StoredSettings) {
  const { disable_after_s, headers, ordered, rate_limit, retry_schedule, timeout_ms } = toSettingsAnswer(settings);
  return { disable_after_s, headers, ordered, rate_limit, retry_schedule, timeout_ms };
}
