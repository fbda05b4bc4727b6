import { notFound } from '../../errors.ts';

/**
 * Returns the path for the backend. Everything but the prefixes stays byte for byte as sent, because that path was
 * authorised. Throws `NOT_FOUND` for a path outside `stripPrefix`.
 */
export function createPathRewrite({
  stripPrefix,
  addPrefix,
}: {
  stripPrefix: string;
  addPrefix: string;
}): (path: string) => string {
  const { length } = stripPrefix;
  return (path) => {
    if (!path.startsWith(stripPrefix) || (path.length > length && path.charCodeAt(length) !== 0x2f)) throw notFound();
    const rewritten = addPrefix + path.slice(length);
    return rewritten === '' ? '/' : rewritten;
  };
}
