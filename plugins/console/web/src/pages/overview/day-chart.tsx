import { type JSX, useEffect, useRef } from 'react';
import UPlot from 'uplot';
import type { StatisticsPoint } from '../../api/statistics.ts';
import { formatNumber, readerLocale } from '../../format/format.ts';
import * as m from '../../texts/messages.js';
import './uplot.css';

const heightPx = 220;
const barShare = 0.7;
/** Half an hour, in seconds. */
const halfStep = 1800;
const names = ['delivered', 'retrying', 'failed'] as const;

/** The chart is drawn on a canvas: it has the colours that the page has at that time. */
function colourOf(element: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--color-${token})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Seconds since 1970, and for each series the sums of itself and those below it: the bars stand on each other. */
function stackOf(points: readonly StatisticsPoint[]): UPlot.AlignedData {
  const failed = points.map((point) => point.failed);
  const retried = points.map((point, index) => point.retried + (failed[index] ?? 0));
  const delivered = points.map((point, index) => point.delivered + (retried[index] ?? 0));
  return [points.map(({ at }) => Date.parse(at) / 1000), delivered, retried, failed];
}

function draw(element: HTMLElement, points: readonly StatisticsPoint[]): UPlot {
  const bars = UPlot.paths.bars?.({ size: [barShare, 40], radius: 0.1 });
  const axis = { stroke: colourOf(element, 'muted'), grid: { stroke: colourOf(element, 'line'), width: 1 } };
  const hours = new Intl.DateTimeFormat(readerLocale(), { hour: 'numeric' });
  return new UPlot(
    {
      width: element.clientWidth,
      height: heightPx,
      // Room for half of the last label.
      padding: [8, 24, 0, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: {
        // Bars stand on the middle of their step: the first and the last one need half of it.
        x: { range: (_, first, last) => [first - halfStep, last + halfStep] },
        y: { range: (_, __, most) => [0, Math.max(1, most)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          ticks: { show: false },
          space: 56,
          size: 32,
          values: (_, times) => times.map((time) => hours.format(time * 1000)),
        },
        {
          ...axis,
          ticks: { show: false },
          size: 52,
          values: (_, values) => values.map((value) => (Number.isInteger(value) ? formatNumber(value) : '')),
        },
      ],
      series: [
        {},
        ...names.map((name) => ({
          fill: colourOf(element, `${name}-fill`),
          ...(bars ? { paths: bars } : {}),
          points: { show: false },
        })),
      ],
    },
    stackOf(points),
    element,
  );
}

/** Bars of the attempts that delivered, were followed by a retry, and failed. */
export default function DayChart({ points }: { points: readonly StatisticsPoint[] }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let chart = draw(element, points);
    const redraw = (): void => {
      chart.destroy();
      chart = draw(element, points);
    };
    const sizes = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: heightPx }));
    sizes.observe(element);
    const theme = matchMedia('(prefers-color-scheme: dark)');
    theme.addEventListener('change', redraw);
    return () => {
      sizes.disconnect();
      theme.removeEventListener('change', redraw);
      chart.destroy();
    };
  }, [points]);
  return (
    <>
      <ul className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
        <Key colour="bg-delivered-fill" text={m.overview_delivered()} />
        <Key colour="bg-retrying-fill" text={m.overview_retried()} />
        <Key colour="bg-failed-fill" text={m.overview_failed()} />
      </ul>
      <div ref={place} aria-hidden="true" style={{ height: heightPx }} />
    </>
  );
}

function Key({ colour, text }: { colour: string; text: string }): JSX.Element {
  return (
    <li className="flex items-center gap-1.5">
      <span aria-hidden="true" className={`size-2.5 rounded-xs ${colour}`} />
      {text}
    </li>
  );
}
