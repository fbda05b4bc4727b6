import * as m from '../texts/messages.js';
import type { AddressRefusal } from './address-refusal.ts';

/** A refused address in the reader's language. */
export const addressText = (refusal: AddressRefusal): string => m.endpoint_url_refused({ reason: reasonOf(refusal) });

function reasonOf(refusal: AddressRefusal): string {
  switch (refusal.kind) {
    case 'private':
      return m.endpoint_reason_private({ range: refusal.range });
    case 'port':
      return m.endpoint_reason_port({ port: refusal.port });
    case 'own':
      return m.endpoint_reason_own();
    case 'no-ip':
      return m.endpoint_reason_no_ip();
    default:
      return refusal.reason;
  }
}
