import type { DeliveryWithAttempts } from 'hookgate/client';
import { type JSX, useMemo } from 'react';
import { useDeliveryText } from '../../api/deliveries.ts';
import { JsonSection } from '../../deliveries/json-section.tsx';
import { exactMember, formatJson } from '../../format/json-text.ts';
import * as m from '../../texts/messages.js';

/** The payload as formatted JSON. */
export function PayloadView({ delivery: { id, payload } }: { delivery: DeliveryWithAttempts }): JSX.Element {
  const { data: answer } = useDeliveryText(id);
  const text = useMemo(() => exactMember(answer, 'payload') ?? formatJson(payload), [answer, payload]);
  return (
    <JsonSection
      title={m.deliveries_detail_payload()}
      text={text}
      className="xl:col-start-2 xl:row-span-2 xl:row-start-1"
    />
  );
}
