import Joi from 'joi';
import { matchingText } from '../text-schemas.ts';

/** Patterns of one distributor. */
export const maxEventTypes = 50;

/** Matches every type but the gateway's own. */
export const everyType = '*';

/** Types of the gateway's own events begin with this; no caller and no plugin publishes them. */
const ownPrefix = 'hookgate.';

export const isOwnType = (type: string): boolean => type.startsWith(ownPrefix);

/** Characters of a name, and of the `.*` behind it. */
const maxPattern = 130;

const eventTypePattern = matchingText(
  /^(\*|[A-Za-z0-9_.:/-]{1,128}(\.\*)?)$/,
  'must be * or the name of an event type, which may end with .*',
).max(maxPattern);

/** Field for the event types of a distributor. */
export const eventTypesSchema = Joi.array()
  .items(eventTypePattern)
  .unique()
  .max(maxEventTypes)
  .description(
    `Names of event types. \`order.*\` stands for \`order\` and every type below it, \`*\` for every type. Types that begin with \`${ownPrefix}\` need a pattern that begins with it too.`,
  );

/** The patterns that match a type: itself, \`*\`, and each of its beginnings up to a dot with \`.*\`. */
export function patternsOf(type: string): string[] {
  const patterns = isOwnType(type) ? [type, `${type}.*`] : [everyType, type, `${type}.*`];
  for (let dot = type.indexOf('.'); dot !== -1; dot = type.indexOf('.', dot + 1))
    patterns.push(`${type.slice(0, dot)}.*`);
  return patterns;
}
