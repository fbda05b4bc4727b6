import type { JSX } from 'react';

/** Outlines on a grid of 20 by 20. */
const outlines = {
  add: 'M10 4v12M4 10h12',
  back: 'M12 4l-6 6 6 6',
  bell: 'M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13zM8.5 17.5h3',
  chart: 'M3.5 16.5h13M6 13.5v-4M10 13.5v-8M14 13.5v-6',
  check: 'M4 10.5l4 4 8-9',
  close: 'M5 5l10 10M15 5L5 15',
  copy: 'M7.5 7.5h8v8h-8zM12.5 7.5v-3h-8v8h3',
  down: 'M5 7.5l5 5 5-5',
  edit: 'M4 16l1-4 8.5-8.5 3 3L8 15z',
  event: 'M11 2.500L4.500 11.500h5L9 17.500l6.500-9h-5z',
  external: 'M11 4h5v5M16 4l-8 8M8.5 5H4v11h11v-4.5',
  filter: 'M3.5 5h13M6 10h8M8.5 15h3',
  key: 'M11.5 8.5L17 3M14.5 5.5l2 2M12 12a4 4 0 1 1-4-4 4 4 0 0 1 4 4z',
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h13',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  next: 'M8 4l6 6-6 6',
  offline: 'M3 3l14 14M5 9a8 8 0 0 1 3-1.8M15 9a8 8 0 0 0-3.5-2M7.5 12a4 4 0 0 1 5 0M10 15.5h.01',
  pause: 'M7 5v10M13 5v10',
  play: 'M6.5 4.5l9 5.5-9 5.5z',
  plan: 'M4.5 3.5h11v13h-11zM7.5 7.5h5M7.5 10.5h5M7.5 13.5h3',
  refresh: 'M15.5 8A6 6 0 1 0 16 11.5M16 4v4h-4',
  search: 'M13.5 13.5L17 17M9 14.5A5.5 5.5 0 1 1 14.5 9 5.5 5.5 0 0 1 9 14.5z',
  send: 'M3.5 10L16.5 4l-4 12.5-3-5.5zM9.5 11l7-7',
  server: 'M3.5 4.5h13v4.5h-13zM3.5 11.5h13V16h-13zM6.5 6.8h.01M6.5 13.8h.01',
  settings: 'M4 6h7M15 6h1M4 14h1M9 14h7M13 8a2 2 0 1 1 0-4 2 2 0 0 1 0 4zM7 16a2 2 0 1 1 0-4 2 2 0 0 1 0 4z',
  signOut: 'M8.5 4H4v12h4.5M8 10h9M13.5 6.5L17 10l-3.5 3.5',
  stop: 'M6 6h8v8H6z',
  trash: 'M4 6h12M8 6V4h4v2M6 6l.7 10h6.6L14 6M8.5 9v4.5M11.5 9v4.5',
  user: 'M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 16.5c.6-3 3-4.5 6-4.5s5.400 1.500 6 4.500',
  warning: 'M10 3.500L17.500 16.500h-15zM10 8.500v3.500M10 14.300h.01',
  webhook:
    'M10 7.500a2.500 2.500 0 1 1 2-1l2.500 4.500M7.500 13h5M12.500 13a2.500 2.500 0 1 0 2-2M10 7.500L7.500 12M7.500 13a2.500 2.500 0 1 1-2-2',
} as const;

export type IconName = keyof typeof outlines;

/** A drawing beside a text that says the same; screen readers skip it. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 20 20" className="outline-icon">
      <path d={outlines[name]} />
    </svg>
  );
}
