import type { JSX } from 'react';
import { useApi } from '../api/api.tsx';
import * as m from '../texts/messages.js';
import { Badge } from '../ui/badge.tsx';
import { Switch } from '../ui/switch.tsx';

interface EndpointSwitchProps {
  readonly name: string;
  readonly enabled: boolean;
  readonly onChange: (enabled: boolean) => void;
}

/** The switch of an endpoint, or a word for sessions that may not change it. */
export function EndpointSwitch({ name, enabled, onChange }: EndpointSwitchProps): JSX.Element {
  const { may } = useApi();
  if (may('integration:write')) return <Switch label={name} checked={enabled} onChange={onChange} />;
  return (
    <Badge tone={enabled ? 'delivered' : 'neutral'}>{enabled ? m.endpoint_enabled() : m.endpoint_disabled()}</Badge>
  );
}
