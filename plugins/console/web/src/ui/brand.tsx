import type { JSX } from 'react';
import { Icon } from './icon.tsx';

export function Brand(): JSX.Element {
  return (
    <span className="inline-flex items-center gap-2 text-lg font-semibold">
      <span className="inline-flex size-7 items-center justify-center rounded-md bg-accent text-on-accent">
        <Icon name="webhook" />
      </span>
      hookgate
    </span>
  );
}
