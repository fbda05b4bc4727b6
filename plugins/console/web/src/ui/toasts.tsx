import { Toast } from '@base-ui/react/toast';
import type { JSX, ReactNode } from 'react';
import { describeError } from '../api/describe-error.ts';
import * as m from '../texts/messages.js';
import { IconButton } from './button.tsx';

const manager = Toast.createToastManager();

/** Tells of a change that has been made. The page below takes the pointer all the same. */
export function toast(title: string): void {
  manager.add({ title, timeout: 5000 });
}

/** Tells that a change has failed and was taken back. */
export function toastError(error: unknown): void {
  const { title, detail } = describeError(error);
  manager.add({ title, description: detail, type: 'error', priority: 'high', timeout: 10_000 });
}

/** Shows the messages of `toast` over the pages. */
export function Toasts({ children }: { children: ReactNode }): JSX.Element {
  return (
    <Toast.Provider toastManager={manager}>
      {children}
      <Toast.Portal>
        <Toast.Viewport
          aria-label={m.messages()}
          className="pointer-events-none fixed right-4 bottom-4 left-4 z-60 flex flex-col gap-2 sm:left-auto sm:w-96"
        >
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

/**
 * A message asks nothing, so it is no dialog. It takes the focus, and so does its button: neither is hidden from screen
 * readers, as Base UI would have it.
 */
const asGroup = { role: 'group', 'aria-modal': undefined, 'aria-hidden': undefined };

function ToastList(): ReactNode {
  const { toasts } = Toast.useToastManager();
  return toasts.map((entry) => (
    <Toast.Root
      key={entry.id}
      toast={entry}
      {...asGroup}
      className="flex items-start gap-2 rounded-md border border-line bg-raised py-2 pr-2 pl-4 shadow-raised data-[type=error]:pointer-events-auto data-[type=error]:border-failed"
    >
      <Toast.Content className="min-w-0 flex-1 py-1.5">
        <Toast.Title className="font-medium" />
        <Toast.Description className="text-muted" />
      </Toast.Content>
      {entry.type === 'error' && (
        <Toast.Close
          aria-label={m.close()}
          aria-hidden={false}
          render={<IconButton icon="close" label={m.close()} />}
        />
      )}
    </Toast.Root>
  ));
}
