import { type JSX, memo, type ReactNode } from 'react';
import { classes } from './classes.ts';

export interface Column<Row> {
  /** Unique within the table. */
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Width on wide screens, as a track of a CSS grid. Default: `minmax(0, 1fr)`. */
  readonly width?: string;
  readonly align?: 'end';
  /** Its title is for screen readers alone: a column of actions. */
  readonly hidesTitle?: boolean;
}

interface TableRowProps<Row> {
  readonly row: Row | undefined;
  readonly columns: readonly Column<Row>[];
  readonly index: number;
  /** Pixels below the top of the list. */
  readonly top: number;
  readonly isLast: boolean;
  readonly measure: (element: HTMLElement | null) => void;
  readonly headingOf: ((row: Row) => ReactNode | undefined) | undefined;
}

/** Rendered again only when its row or place changes: a table that scrolls renders the rows that come into view. */
export const TableRow = memo(Row) as typeof Row;

function Row<Item>({ row, columns, index, top, isLast, measure, headingOf }: TableRowProps<Item>): JSX.Element {
  const heading = row === undefined ? undefined : headingOf?.(row);
  return (
    // biome-ignore-start lint/a11y/useSemanticElements: rows of a real table cannot be placed one by one
    // biome-ignore-start lint/a11y/useFocusableInteractive: rows and cells of a table take no focus
    <div
      ref={measure}
      data-index={index}
      role="row"
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${top}px)` }}
      className={classes(
        'group absolute top-0 left-0 grid w-full grid-cols-1 gap-x-4 gap-y-1 border-line px-4 py-2.5 md:min-h-14 md:grid-cols-(--tracks) md:items-center md:py-1.5',
        heading === undefined ? 'hover:bg-hover' : 'bg-sunken',
        !isLast && 'border-b',
      )}
    >
      {heading !== undefined && (
        <div role="cell" aria-colspan={columns.length} className="col-span-full min-w-0">
          {heading}
        </div>
      )}
      {(heading === undefined ? columns : []).map(({ key, title, cell, align, hidesTitle = false }) => (
        <div
          key={key}
          role="cell"
          className={classes('flex min-w-0 items-baseline gap-2 md:block', align === 'end' && 'md:text-right')}
        >
          <span
            aria-hidden="true"
            className={classes('w-28 shrink-0 text-sm text-muted md:hidden', hidesTitle && 'hidden')}
          >
            {title}
          </span>
          <div className="min-w-0">
            {row === undefined ? <span className="block h-3 w-16 rounded-sm bg-sunken" /> : cell(row)}
          </div>
        </div>
      ))}
    </div>
    // biome-ignore-end lint/a11y/useFocusableInteractive: see above
    // biome-ignore-end lint/a11y/useSemanticElements: see above
  );
}
