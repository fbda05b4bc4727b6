import { type ComponentProps, type JSX, type ReactNode, useId } from 'react';
import { classes } from './classes.ts';

interface FieldProps {
  readonly label: string;
  /** Only screen readers get the label: in rows below a row that shows it. */
  readonly hidesLabel?: boolean;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly className?: string;
}

const box =
  'w-full rounded-md border bg-panel px-2.5 text-ink placeholder:text-muted disabled:bg-sunken disabled:text-muted';

const boxOf = (error: string | undefined): string => classes(box, error ? 'border-danger' : 'border-control');

function Frame({
  id,
  label,
  hidesLabel = false,
  hint,
  error,
  className,
  children,
}: FieldProps & { id: string; children: ReactNode }): JSX.Element {
  return (
    <div className={classes('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className={hidesLabel ? 'sr-only' : 'font-medium'}>
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-sm whitespace-pre-line wrap-anywhere text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

const described = (id: string, { hint, error }: Partial<FieldProps>) => ({
  'aria-invalid': error !== undefined || undefined,
  'aria-describedby': classes(hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`) || undefined,
});

/** A line of text with its label; takes the properties of `register`. */
export function TextField({
  label,
  hidesLabel = false,
  hint,
  error,
  className,
  ...input
}: FieldProps & ComponentProps<'input'>): JSX.Element {
  const id = useId();
  return (
    <Frame id={id} label={label} hidesLabel={hidesLabel} hint={hint} {...withError(error)} {...withClass(className)}>
      <input
        id={id}
        type="text"
        autoComplete="off"
        spellCheck={false}
        className={classes(boxOf(error), 'h-9')}
        {...described(id, { hint, ...withError(error) })}
        {...input}
      />
    </Frame>
  );
}

export function TextArea({
  label,
  hint,
  error,
  className,
  ...area
}: FieldProps & ComponentProps<'textarea'>): JSX.Element {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} {...withError(error)} {...withClass(className)}>
      <textarea
        id={id}
        rows={4}
        spellCheck={false}
        className={classes(boxOf(error), 'py-1.5 font-mono text-sm')}
        {...described(id, { hint, ...withError(error) })}
        {...area}
      />
    </Frame>
  );
}

/** A choice of the browser's own list, which works everywhere. `children`: `option` elements. */
export function SelectField({
  label,
  hint,
  error,
  className,
  children,
  ...select
}: FieldProps & ComponentProps<'select'>): JSX.Element {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} {...withError(error)} {...withClass(className)}>
      <select
        id={id}
        className={classes(boxOf(error), 'h-9')}
        {...described(id, { hint, ...withError(error) })}
        {...select}
      >
        {children}
      </select>
    </Frame>
  );
}

/** A box to tick, with its label at its side. */
export function CheckField({
  label,
  className,
  ...input
}: { label: ReactNode } & ComponentProps<'input'>): JSX.Element {
  return (
    <label className={classes('flex min-h-6 items-start gap-2', className)}>
      <input type="checkbox" className="mt-0.5 size-4.5 shrink-0" {...input} />
      <span className="min-w-0">{label}</span>
    </label>
  );
}

const withError = (error: string | undefined): { error?: string } => (error === undefined ? {} : { error });
const withClass = (className: string | undefined): { className?: string } =>
  className === undefined ? {} : { className };
