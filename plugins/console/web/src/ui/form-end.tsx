import type { JSX } from 'react';
import * as m from '../texts/messages.js';
import { Button } from './button.tsx';
import { Actions } from './dialog.tsx';
import type { IconName } from './icon.tsx';

interface FormEndProps {
  readonly busy: boolean;
  /** Closes the form. */
  readonly onClose: () => void;
  /** Text of the button that closes. Default: Cancel. */
  readonly close?: string;
  /** Text of the button that submits. Default: Save. */
  readonly submit?: string;
  readonly icon?: IconName;
}

/** The buttons at the end of a form in a dialog. */
export function FormEnd({ busy, onClose, close = m.cancel(), submit = m.save(), icon }: FormEndProps): JSX.Element {
  return (
    <Actions>
      <Button onClick={onClose}>{close}</Button>
      <Button type="submit" look="primary" icon={icon} busy={busy}>
        {submit}
      </Button>
    </Actions>
  );
}
