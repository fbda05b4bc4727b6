import { Dialog as Base } from '@base-ui/react/dialog';
import { type JSX, type ReactNode, useRef, useState } from 'react';
import * as m from '../texts/messages.js';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
}

/**
 * A dialog over the page: it traps the focus, which begins at its first field, and gives it back. Rendered while it is open.
 * Escape closes it, and so does the backdrop, until something was typed.
 */
export function Dialog({ title, onClose, children, wide = false }: DialogProps): JSX.Element {
  const body = useRef<HTMLDivElement>(null);
  const [isTouched, setTouched] = useState(false);
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()} disablePointerDismissal={isTouched}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[#0b0d12]/50" />
        <Base.Popup
          initialFocus={() => firstEmpty(body.current) ?? true}
          className={classes(
            'fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100%-2rem)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-lg border border-line bg-raised shadow-raised',
            wide ? 'max-w-3xl' : 'max-w-lg',
          )}
        >
          <div className="flex items-start justify-between gap-3 border-b border-line py-3 pr-3 pl-5">
            <Base.Title className="line-clamp-5 min-w-0 pt-1 text-lg font-semibold wrap-anywhere">{title}</Base.Title>
            <Base.Close render={<IconButton icon="close" label={m.close()} />} />
          </div>
          <div ref={body} onInput={() => setTouched(true)} className="overflow-y-auto px-5 py-4">
            {children}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The first field without a value, else the first field. */
function firstEmpty(body: HTMLElement | null): HTMLElement | undefined {
  const fields = [...(body?.querySelectorAll<HTMLInputElement>('input, select, textarea') ?? [])];
  return fields.find(({ value, readOnly }) => value === '' && !readOnly) ?? fields[0];
}

/** The row of buttons at the end of a dialog or form. */
export function Actions({ children }: { children: ReactNode }): JSX.Element {
  return <div className="flex flex-wrap justify-end gap-2 pt-4">{children}</div>;
}
