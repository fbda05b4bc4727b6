import { Menu as Base } from '@base-ui/react/menu';
import type { JSX, ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';
import { Icon, type IconName } from './icon.tsx';

export interface MenuEntry {
  readonly label: string;
  readonly icon?: IconName;
  readonly onSelect: () => void;
  readonly dangerous?: boolean;
  readonly disabled?: boolean;
}

/** A button that opens a list of actions. `label` names it. */
export function Menu({
  label,
  entries,
  trigger,
}: {
  label: string;
  entries: readonly MenuEntry[];
  trigger?: ReactNode;
}): JSX.Element {
  return (
    <Base.Root>
      <Base.Trigger render={trigger ? (trigger as JSX.Element) : <IconButton icon="more" label={label} />} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-50">
          <Base.Popup className="min-w-44 rounded-md border border-line bg-raised py-1 shadow-raised outline-none">
            {entries.map(({ label: text, icon, onSelect, dangerous = false, disabled = false }) => (
              <Base.Item
                key={text}
                disabled={disabled}
                onClick={onSelect}
                className={classes(
                  'flex min-h-9 cursor-pointer items-center gap-2 px-3 outline-none select-none data-disabled:cursor-default data-disabled:opacity-55 data-highlighted:bg-hover',
                  dangerous && 'text-danger',
                )}
              >
                {icon && <Icon name={icon} />}
                {text}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
