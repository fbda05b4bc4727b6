/** Weights of a header such as `Accept`, by lower-case name: 1 where none is given, 0 where it is not a number. */
export function weightsIn(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    weights.set(name, weight === undefined ? 1 : Number(weight) || 0);
  }
  return weights;
}

/** The weight of a media type in `Accept` (RFC 9110 12.5.1), such as `text/html` with its range `text/*`. */
function weightOf(accepted: string, type: string, range: string): number {
  const weights = weightsIn(accepted);
  return weights.get(type) ?? weights.get(range) ?? weights.get('*/*') ?? 0;
}

/** Whether a client takes HTML at all; a missing header takes every type. */
export const takesHtml = (accepted: string): boolean =>
  accepted === '' || weightOf(accepted, 'text/html', 'text/*') > 0;

/**
 * Whether HTML has a higher weight than JSON in `Accept`, as in the header of every browser. Equal weights, such as the one range
 * of all types that curl sends, and a missing header select JSON.
 */
export const prefersHtml = (accepted: string): boolean =>
  weightOf(accepted, 'text/html', 'text/*') > weightOf(accepted, 'application/json', 'application/*');
