import type { JSX } from 'react';

/** A switch named after what it switches. A plain button: tables make many of them while they scroll. */
export function Switch({
  label,
  checked,
  disabled = false,
  onChange,
}: {
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}): JSX.Element {
  return (
    <button
      type="button"
      role="switch"
      aria-label={label}
      aria-checked={checked}
      disabled={disabled}
      onClick={() => onChange(!checked)}
      className="group/switch inline-flex h-6 w-10 shrink-0 items-center rounded-full border border-control bg-sunken p-0.5 align-middle disabled:opacity-55 aria-checked:border-transparent aria-checked:bg-accent"
    >
      <span className="size-4.5 rounded-full bg-control group-aria-checked/switch:translate-x-4 group-aria-checked/switch:bg-on-accent motion-safe:transition-transform motion-safe:duration-100" />
    </button>
  );
}
