const two = (value: number): string => String(value).padStart(2, '0');

/** A length of time as a clock counts it down: `4:09`, `1:04:09`; undefined from a day on. */
export function formatClock(milliseconds: number): string | undefined {
  const seconds = Math.ceil(Math.max(milliseconds, 0) / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours >= 24) return undefined;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
