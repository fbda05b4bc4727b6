/** The smallest UUID of version 7 with this time, in microseconds since 1970. */
export function firstIdAt(micros: number): string {
  const hex = Math.max(0, Math.floor(micros / 1000))
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
