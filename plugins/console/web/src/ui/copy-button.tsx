import { type JSX, useState } from 'react';
import * as m from '../texts/messages.js';
import { Button } from './button.tsx';

const shownMs = 2000;

/** Copies a text and says so. */
export function CopyButton({ text, label = m.copy() }: { text: string; label?: string }): JSX.Element {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  function show(result: 'copied' | 'failed'): void {
    setState(result);
    setTimeout(() => setState('idle'), shownMs);
  }
  function copy(): void {
    // Pages without HTTPS have no clipboard.
    const writing = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    writing.then(
      () => show('copied'),
      () => show('failed'),
    );
  }
  const texts = { idle: label, copied: m.copied(), failed: m.copy_failed() };
  return (
    <Button icon={state === 'copied' ? 'check' : 'copy'} onClick={copy}>
      <span aria-live="polite">{texts[state]}</span>
    </Button>
  );
}
