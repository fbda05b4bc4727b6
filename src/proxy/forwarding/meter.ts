import type { Call } from '../../gateway/call/target.ts';
import type { Use } from '../../metering/tally.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';

/** Longest valid e-mail address (RFC 5321). A longer one identifies no developer. */
const mostOfEmail = 254;

/**
 * Counts successful responses (2xx) as uses of the target's product by the caller; undefined for a target without a
 * product. Callers without an e-mail address or an organization are not counted.
 */
export function createMeter(
  { metering }: Pick<RemoteTargetSettings, 'metering'>,
  count: (use: Use) => void,
): ((call: Call, status: number) => void) | undefined {
  if (!metering) return undefined;
  const { product } = metering;
  return ({ principal, organization }, status) => {
    const developer = principal?.email ?? '';
    if (status > 299 || developer === '' || developer.length > mostOfEmail || organization === '') return;
    count({ organization, developer, application: principal?.application ?? '', product });
  };
}
