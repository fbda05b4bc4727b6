import type { ComponentProps, JSX, ReactNode } from 'react';
import { Link } from 'wouter';
import { classes } from './classes.ts';
import { Icon, type IconName } from './icon.tsx';
import { Spinner } from './spinner.tsx';

const looks = {
  primary: 'bg-accent text-on-accent border-transparent hover:not-disabled:bg-accent-strong',
  secondary: 'bg-panel text-ink border-control hover:not-disabled:bg-hover',
  quiet: 'bg-transparent text-ink border-transparent hover:not-disabled:bg-hover',
  danger: 'bg-danger-fill text-white border-transparent hover:not-disabled:brightness-110',
} as const;

interface ButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly look?: keyof typeof looks;
  readonly icon?: IconName | undefined;
  /** Shows progress and takes no clicks, but keeps the focus. */
  readonly busy?: boolean;
  readonly children: ReactNode;
}

/** A button with a text. */
export function Button({
  look = 'secondary',
  icon,
  busy = false,
  children,
  className,
  ...rest
}: ButtonProps): JSX.Element {
  const { onClick, type = 'button', ...others } = rest;
  return (
    <button
      type={type}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={classes(
        'inline-flex min-h-9 items-center justify-center gap-1.5 rounded-md border px-3 py-1 font-medium whitespace-nowrap disabled:opacity-55',
        looks[look],
        className,
      )}
      {...others}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly icon: IconName;
  /** Name for screen readers and the tip on hover. */
  readonly label: string;
}

const iconBox =
  'inline-flex size-9 items-center justify-center rounded-md text-muted hover:not-disabled:bg-hover hover:not-disabled:text-ink disabled:opacity-55';

/** A button with an icon alone. */
export function IconButton({ icon, label, className, ...rest }: IconButtonProps): JSX.Element {
  return (
    <button type="button" aria-label={label} title={label} className={classes(iconBox, className)} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

/** A link to a page of the console, that looks like a button with an icon alone. */
export function IconLink({ icon, label, to }: { icon: IconName; label: string; to: string }): JSX.Element {
  return (
    <Link href={to} aria-label={label} title={label} className={iconBox}>
      <Icon name={icon} />
    </Link>
  );
}
