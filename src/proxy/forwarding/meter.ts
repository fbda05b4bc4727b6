import type { Call } from '../../gateway/call/target.ts';
import type { Use } from '../../metering/tally.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';

/** Longer than any address (RFC 5321), and so nobody's. */
const mostOfEmail = 254;

/**
 * Counts successful answers (2xx) as uses of the target's product by the caller; undefined for a target without one. Callers
 * without an e-mail address or an organization count nothing.
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
