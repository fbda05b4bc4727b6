import { type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  type FocusEvent,
  type JSX,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import * as m from '../texts/messages.js';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import { type Column, TableRow } from './table-row.tsx';
import { useMediaQuery } from './use-media-query.ts';

export type { Column } from './table-row.tsx';

interface DataTableProps<Row> {
  /** Name for screen readers. */
  readonly label: string;
  /** The same array in each rendering: rows are rendered again when it is another one. */
  readonly columns: readonly Column<Row>[];
  /** Undefined entries are still to be loaded: grey bars take their place. */
  readonly rows: readonly (Row | undefined)[];
  /** The same function in each rendering. */
  readonly keyOf: (row: Row) => string;
  /** Number of all rows where it is known. */
  readonly total?: number;
  /** Loads the next page; undefined: there is none. Called when its place comes into view. */
  readonly onMore?: (() => void) | undefined;
  readonly loadingMore?: boolean;
  /** False: the next page is loaded by the button alone. */
  readonly loadsByItself?: boolean;
  /** Tells which rows are in the document, so that others need not be loaded. */
  readonly onRange?: (first: number, last: number) => void;
  /** Content of a row that heads a group and spans all columns; undefined for other rows. The same function each time. */
  readonly headingOf?: (row: Row) => ReactNode | undefined;
}

const wideRowPx = 57;
const cardPaddingPx = 21;
const cardLinePx = 28;

/**
 * A table of any length: only the rows in view are in the document. Below 768 px every row is a card, in which each value
 * has the title of its column.
 */
export function DataTable<Row>(props: DataTableProps<Row>): JSX.Element {
  const { label, columns, rows, total, onMore, loadingMore = false, loadsByItself = true, headingOf } = props;
  const { list, virtualizer, offset, onFocus, onBlur } = useRowsInView(props);
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  const isNearEnd = last >= rows.length - 1;
  useEffect(() => {
    if (isNearEnd && onMore && !loadingMore && loadsByItself) onMore();
  }, [isNearEnd, onMore, loadingMore, loadsByItself]);

  const tracks = columns.map(({ width = 'minmax(0,1fr)' }) => width).join(' ');
  return (
    // biome-ignore-start lint/a11y/useSemanticElements: rows of a real table cannot be placed one by one
    // biome-ignore-start lint/a11y/useFocusableInteractive: rows and cells of a table take no focus
    <div className="overflow-hidden rounded-lg border border-line bg-panel" style={{ ['--tracks' as string]: tracks }}>
      <div
        role="table"
        aria-label={label}
        aria-rowcount={total === undefined && onMore ? -1 : (total ?? rows.length) + 1}
      >
        <div role="rowgroup" className="sr-only md:not-sr-only">
          <div
            role="row"
            aria-rowindex={1}
            className="grid items-center gap-x-4 border-b border-line px-4 md:grid-cols-(--tracks)"
          >
            {columns.map(({ key, title, align, hidesTitle = false }) => (
              <div
                key={key}
                role="columnheader"
                className={classes('py-2 text-sm font-medium text-muted', align === 'end' && 'md:text-right')}
              >
                <span className={classes(hidesTitle && 'sr-only')}>{title}</span>
              </div>
            ))}
          </div>
        </div>
        <div
          ref={list}
          role="rowgroup"
          className="relative"
          style={{ height: virtualizer.getTotalSize() }}
          onFocus={onFocus}
          onBlur={onBlur}
        >
          {items.map(({ index, key, start }) => (
            <TableRow
              key={String(key)}
              row={rows[index]}
              columns={columns}
              index={index}
              top={start - offset}
              isLast={index === rows.length - 1}
              measure={virtualizer.measureElement}
              headingOf={headingOf}
            />
          ))}
        </div>
      </div>
      {onMore && (
        <div className="border-t border-line p-2 text-center">
          <Button look="quiet" busy={loadingMore} onClick={onMore}>
            {m.load_more()}
          </Button>
        </div>
      )}
    </div>
    // biome-ignore-end lint/a11y/useFocusableInteractive: see above
    // biome-ignore-end lint/a11y/useSemanticElements: see above
  );
}

/** The rows in view, and the one that has the focus: it stays in the document, or the focus would be lost. */
function useRowsInView<Row>({ rows, columns, keyOf, onRange }: DataTableProps<Row>) {
  const list = useRef<HTMLDivElement>(null);
  const focused = useRef(-1);
  const offset = useOffset(list);
  const isWide = useMediaQuery('(min-width: 48rem)');
  const rowPx = isWide ? wideRowPx : cardPaddingPx + cardLinePx * columns.length;
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowPx,
    overscan: 8,
    useFlushSync: false,
    scrollMargin: offset,
    // Another function makes the virtualizer go through all rows.
    getItemKey: useCallback(
      (index: number) => {
        const row = rows[index];
        return row === undefined ? index : keyOf(row);
      },
      [rows, keyOf],
    ),
    rangeExtractor: useCallback((range: Range) => indexesOf(range, focused.current), []),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes of the other layout do not hold
  useEffect(() => virtualizer.measure(), [virtualizer, isWide]);
  const { startIndex: first = 0, endIndex: last = 0 } = virtualizer.range ?? {};
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  return {
    list,
    virtualizer,
    offset,
    onFocus: ({ target }: FocusEvent) => {
      focused.current = Number(target.closest('[data-index]')?.getAttribute('data-index') ?? -1);
    },
    onBlur: () => {
      focused.current = -1;
    },
  };
}

function indexesOf({ startIndex, endIndex, overscan, count }: Range, focused: number): number[] {
  const from = Math.max(0, startIndex - overscan);
  const to = Math.min(count - 1, endIndex + overscan);
  const inView = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  if (focused < 0 || focused >= count || (focused >= from && focused <= to)) return inView;
  return focused < from ? [focused, ...inView] : [...inView, focused];
}

/** Pixels from the top of the document to the list, which move when the parts above it grow. */
function useOffset(list: { readonly current: HTMLElement | null }): number {
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => {
      let top = 0;
      // The place in the page is the same while a dialog keeps the page from scrolling.
      for (let part = list.current; part; part = part.offsetParent as HTMLElement | null) top += part.offsetTop;
      setOffset(top);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [list]);
  return offset;
}
