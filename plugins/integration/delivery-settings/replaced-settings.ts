import { isDeepStrictEqual } from 'node:util';
import type { StoredSettings } from './delivery-columns.ts';
import { changedHeaders, takeHeaders } from './delivery-headers.ts';
import { defaultInput, type SettingsChange, type SettingsInput } from './delivery-schemas.ts';
import type { DeliverySettings } from './delivery-settings.ts';

/** The settings after a PUT, which replaces all of them. Throws `VALIDATION_ERROR` for headers that cannot be set. */
export function replacedSettings(
  { settings: before, revision }: StoredSettings,
  input: SettingsInput,
  credentials: { hasAuthorization: boolean },
): StoredSettings {
  const settings: DeliverySettings = {
    headers: takeHeaders(input.headers, before.headers, credentials),
    retrySchedule: input.retry_schedule,
    timeoutMs: input.timeout_ms,
    ratePerSecond: input.rate_limit?.per_second ?? null,
    ordered: input.ordered,
    disableAfterS: input.disable_after_s,
  };
  return isDeepStrictEqual(settings, before) ? { settings: before, revision } : { settings, revision: revision + 1 };
}

/**
 * The settings after a PATCH, as a PUT would send them: `before`, masked, with the given ones in their place. Throws
 * `VALIDATION_ERROR` for headers that cannot be changed.
 */
export function changedInput<Input extends SettingsInput>(before: Input, change: SettingsChange<Input>): Input {
  const { headers = {}, ...others } = change;
  const given = Object.entries(others).map(([name, value]) => [name, value ?? Reflect.get(defaultInput, name)]);
  return {
    ...before,
    ...Object.fromEntries(given),
    headers: headers === null ? {} : changedHeaders(before.headers, headers),
  };
}
