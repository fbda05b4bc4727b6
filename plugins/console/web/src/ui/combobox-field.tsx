import { type JSX, type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';

interface ComboboxFieldProps<Option> {
  readonly label: string;
  readonly placeholder: string;
  readonly value: Option | null;
  readonly onChange: (value: Option | null) => void;
  /** The matches of the typed text, best first. */
  readonly options: readonly Option[];
  readonly idOf: (option: Option) => string;
  readonly textOf: (option: Option) => string;
  readonly show: (option: Option) => ReactNode;
  /** Called with the text to search for; empty when the list opens. */
  readonly onSearch: (text: string) => void;
  /** The options match an earlier text: Enter takes none of them unseen. */
  readonly isSearching: boolean;
  /** Says that nothing was found, or that a search is under way. */
  readonly status: string | undefined;
  /** Names the button that clears the choice; undefined: it cannot be cleared. */
  readonly clearLabel?: string;
  /** Only screen readers get the label. */
  readonly hidesLabel?: boolean;
  readonly className?: string;
}

/** A choice among many, found by typing: a field with a list below it. */
export function ComboboxField<Option>(props: ComboboxFieldProps<Option>): JSX.Element {
  const {
    label,
    placeholder,
    value,
    onChange,
    options,
    idOf,
    textOf,
    show,
    onSearch,
    isSearching,
    status,
    clearLabel,
    hidesLabel = false,
  } = props;
  const id = useId();
  const [typed, setTyped] = useState<string>();
  const [marked, setMarked] = useState(-1);
  const isOpen = typed !== undefined;
  const optionId = (index: number): string => `${id}-${index}`;

  function open(text: string): void {
    setTyped(text);
    setMarked(-1);
    onSearch(text);
  }
  function close(): void {
    setTyped(undefined);
    setMarked(-1);
  }
  function choose(option: Option | null | undefined): void {
    if (option !== undefined) onChange(option);
    close();
  }
  function mark(index: number): void {
    const next = (index + options.length) % options.length;
    setMarked(next);
    document.getElementById(optionId(next))?.scrollIntoView({ block: 'nearest' });
  }
  function onKeyDown(event: KeyboardEvent): void {
    const { key } = event;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      event.preventDefault();
      if (!isOpen) open('');
      else if (options.length > 0) mark(key === 'ArrowDown' ? marked + 1 : Math.max(marked, 0) - 1);
    } else if (key === 'Enter' && isOpen) {
      event.preventDefault();
      if (marked >= 0) choose(options[marked]);
      else if (typed.trim() === '') close();
      else if (!isSearching && options.length > 0) choose(options[0]);
    } else if (key === 'Escape' && isOpen) {
      event.preventDefault();
      close();
    }
  }

  return (
    <div className={classes('flex min-w-0 flex-col gap-1', props.className)}>
      <label htmlFor={id} className={hidesLabel ? 'sr-only' : 'font-medium'}>
        {label}
      </label>
      <div className="relative">
        <input
          id={id}
          type="text"
          role="combobox"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && marked >= 0 ? optionId(marked) : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={typed ?? (value === null ? '' : textOf(value))}
          onChange={({ target }) => open(target.value)}
          onClick={() => !isOpen && open('')}
          onBlur={close}
          onKeyDown={onKeyDown}
          className={classes(
            'h-9 w-full rounded-md border border-control bg-panel pl-2.5 placeholder:text-muted',
            clearLabel === undefined ? 'pr-2.5' : 'pr-9',
          )}
        />
        {clearLabel !== undefined && value !== null && !isOpen && (
          <IconButton
            icon="close"
            label={clearLabel}
            className="absolute top-0.5 right-0.5 size-8"
            onClick={() => onChange(null)}
          />
        )}
        <div
          className={classes(
            'absolute top-10 left-0 z-30 max-h-80 w-full min-w-64 overflow-y-auto rounded-md border border-line bg-raised py-1 shadow-raised',
            !isOpen && 'hidden',
          )}
        >
          <p role="status" className={classes('text-muted', status !== undefined && 'px-3 py-2')}>
            {isOpen && status}
          </p>
          <div id={`${id}-list`} role="listbox" aria-label={label} tabIndex={-1}>
            {isOpen &&
              options.map((option, index) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
                <div
                  key={idOf(option)}
                  id={optionId(index)}
                  role="option"
                  tabIndex={-1}
                  aria-selected={value !== null && idOf(value) === idOf(option)}
                  onPointerDown={(event) => event.preventDefault()}
                  onPointerEnter={() => setMarked(index)}
                  onClick={() => choose(option)}
                  className={classes('cursor-pointer px-3 py-1.5 select-none', index === marked && 'bg-hover')}
                >
                  {show(option)}
                </div>
              ))}
          </div>
        </div>
      </div>
    </div>
  );
}
