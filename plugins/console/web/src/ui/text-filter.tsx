import { type JSX, useEffect, useState } from 'react';
import * as m from '../texts/messages.js';
import { TextField } from './field.tsx';

const typingMs = 400;

interface Props {
  readonly label: string;
  readonly value: string;
  /** Whether the API takes it. */
  readonly accepts: (text: string) => boolean;
  readonly hint: string;
  readonly placeholder?: string;
  readonly type?: 'text' | 'datetime-local';
  readonly onChange: (value: string | undefined) => void;
  readonly className?: string;
}

/** A filter to type: applied after a pause, on Enter, and when the field is left. */
export function TextFilter({
  label,
  value,
  accepts,
  hint,
  placeholder,
  type = 'text',
  onChange,
  className,
}: Props): JSX.Element {
  const [typed, setTyped] = useState<string>();
  const text = (typed ?? value).trim();
  const isValid = text === '' || accepts(text);
  // The address has it now, or was changed elsewhere.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another value replaces what was typed
  useEffect(() => setTyped(undefined), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pause begins with each change of the text
  useEffect(() => {
    if (typed === undefined) return;
    const timer = setTimeout(apply, typingMs);
    return () => clearTimeout(timer);
  }, [typed]);
  function apply(): void {
    if (typed !== undefined && isValid && text !== value) onChange(text === '' ? undefined : text);
  }
  return (
    <TextField
      label={label}
      type={type}
      value={typed ?? value}
      placeholder={placeholder}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={apply}
      onKeyDown={({ key }) => key === 'Enter' && apply()}
      {...(isValid ? {} : { error: m.deliveries_filter_invalid({ hint }) })}
      {...(className === undefined ? {} : { className })}
    />
  );
}
