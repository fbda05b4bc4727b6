import { type JSX, useEffect, useRef, useState } from 'react';
import { classes } from './classes.ts';
import { Icon } from './icon.tsx';

const delayMs = 250;

/** A search box. `onSearch` gets the trimmed text when typing pauses. */
export function SearchField({
  label,
  value,
  onSearch,
  maxLength = 190,
  wide = false,
}: {
  /** Name, and the text in the empty box. */
  label: string;
  value: string;
  onSearch: (text: string) => void;
  maxLength?: number;
  /** As wide as its place. */
  wide?: boolean;
}): JSX.Element {
  const [text, setText] = useState(value);
  const told = useRef(value);
  // The address may change by itself: by the browser's back button.
  useEffect(() => {
    if (value !== told.current) setText(value);
    told.current = value;
  }, [value]);
  useEffect(() => {
    const search = text.trim();
    if (search === told.current) return;
    const timer = setTimeout(() => {
      told.current = search;
      onSearch(search);
    }, delayMs);
    return () => clearTimeout(timer);
  }, [text, onSearch]);
  return (
    <div className={classes('relative w-full', !wide && 'sm:w-80')}>
      <span className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-muted">
        <Icon name="search" />
      </span>
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        maxLength={maxLength}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        // Enter would send the form around the box.
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        className="h-9 w-full rounded-md border border-control bg-panel pr-2 pl-9 placeholder:text-muted"
      />
    </div>
  );
}
