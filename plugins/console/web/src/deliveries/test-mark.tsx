import type { Delivery } from 'hookgate/client';
import type { JSX } from 'react';
import * as m from '../texts/messages.js';
import { Badge } from '../ui/badge.tsx';

/** Marks the delivery of a test. */
export function TestMark({ delivery: { test } }: { delivery: Pick<Delivery, 'test'> }): JSX.Element | null {
  return test ? <Badge>{m.deliveries_test()}</Badge> : null;
}
