import { parseExactJson } from '../../../src/plugin.ts';

/** Number of the custom attributes that a transaction may have: `custAtt1` to `custAtt10`. */
export const customAttributes = 10;

/** The name of a custom attribute in a transaction. */
export const attributeName = (attribute: number): string => `custAtt${attribute}`;

/**
 * Upper bound of a custom attribute, and of what a transaction counts, in units. It equals the largest target, so that
 * usage beyond the bound of counters is far above every threshold.
 */
export const maxQuantity = 1_000_000_000_000;

const decimals = 4;
/** Quantities are integers: ten-thousandths of a unit. */
export const quantityScale = 10_000n;

const notation = /^(\d{1,400})(?:\.(\d{1,400}))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * Reads a decimal number as ten-thousandths, without rounding. Returns a message, to be appended to the name of the value,
 * when it is no number, negative, too large, or has further decimals.
 */
export function parseQuantity(text: string): bigint | string {
  if (/^-\d/.test(text)) return 'must not be negative';
  const [, whole = '', fraction = '', exponent = '0'] = notation.exec(text) ?? [];
  if (whole === '') return 'must be a number';
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return 0n;
  const significant = digits.replace(/0+$/, '');
  const places = Number(exponent) - fraction.length + (digits.length - significant.length) + decimals;
  if (places < 0) return `must have at most ${decimals} decimals`;
  const tooLarge = `must be at most ${maxQuantity}`;
  // Before the power: `1e9999` would be a number of ten thousand digits.
  if (significant.length + places > String(maxQuantity).length + decimals) return tooLarge;
  const quantity = BigInt(significant) * 10n ** BigInt(places);
  return quantity > BigInt(maxQuantity) * quantityScale ? tooLarge : quantity;
}

/** Writes ten-thousandths as a decimal number: `2.5`, `3`, `0.0001`. */
export function formatQuantity(quantity: bigint): string {
  const fraction = String(quantity % quantityScale)
    .padStart(decimals, '0')
    .replace(/0+$/, '');
  return `${quantity / quantityScale}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Parts of a counter that make a unit, for a plan that counts this attribute, or transactions (null). */
export const scaleOf = (ratingAttribute: number | null): bigint => (ratingAttribute === null ? 1n : quantityScale);

/** A number; in the notation of JSON where a double would not hold it. */
export type JsonNumber = number | { readonly rawJSON: string };

/** A counter in units, exact. */
export const toJsonNumber = (used: bigint, scale: bigint): JsonNumber =>
  parseExactJson(scale === 1n ? String(used) : formatQuantity(used)) as JsonNumber;
