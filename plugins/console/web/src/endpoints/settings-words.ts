import * as m from '../texts/messages.js';
import { type HeaderRefusal, headerRefusal, type UnitNames } from './delivery-settings-form.ts';

/** Abbreviations of units in the reader's language. */
export const unitNames = (): UnitNames => ({
  day: m.unit_day(),
  hour: m.unit_hour(),
  minute: m.unit_minute(),
  second: m.unit_second(),
});

const headerTexts: Readonly<Record<Exclude<HeaderRefusal, 'unknown'>, () => string>> = {
  connection: m.settings_header_of_connection,
  gateway: m.settings_header_of_gateway,
  authentication: m.settings_header_of_authentication,
  name: m.settings_header_name_invalid,
  value: m.settings_header_value_invalid,
};

/** The gateway's refusal of a header in the reader's language, any other in its own words. */
export function refusalText(path: string, message: string): string {
  const refusal = path.startsWith('headers') ? headerRefusal(message) : 'unknown';
  return refusal === 'unknown' ? m.distributors_refused({ reason: message }) : headerTexts[refusal]();
}
