import type { Delivery } from 'hookgate/client';
import type { DeliveryState } from '../api/delivery-filter.ts';
import * as m from '../texts/messages.js';
import type { Tone } from '../ui/badge.tsx';

interface StateWords {
  readonly text: string;
  readonly tone: Tone;
}

/** The state in a word, with its colour. */
export function stateWordsOf({ status, attempt_count }: Pick<Delivery, 'status' | 'attempt_count'>): StateWords {
  switch (status) {
    case 'pending':
      return attempt_count === 0
        ? { text: m.deliveries_state_waiting(), tone: 'neutral' }
        : { text: m.deliveries_state_retrying(), tone: 'retrying' };
    case 'in_flight':
      return { text: m.deliveries_state_in_flight(), tone: 'neutral' };
    case 'held':
      return { text: m.deliveries_state_held(), tone: 'held' };
    case 'delivered':
      return { text: m.deliveries_state_delivered(), tone: 'delivered' };
    case 'failed':
      return { text: m.deliveries_state_failed(), tone: 'failed' };
    case 'cancelled':
      return { text: m.deliveries_state_cancelled(), tone: 'neutral' };
    default:
      return { text: status, tone: 'neutral' };
  }
}

/** The states of the API as choices of the filter. */
export const stateChoices: readonly (readonly [DeliveryState, () => string])[] = [
  ['pending', m.deliveries_state_pending],
  ['in_flight', m.deliveries_state_in_flight],
  ['held', m.deliveries_state_held],
  ['delivered', m.deliveries_state_delivered],
  ['failed', m.deliveries_state_failed],
  ['cancelled', m.deliveries_state_cancelled],
];
