import { notFound } from '../../errors.ts';

/** Whether a path is the prefix or begins with it and a slash. */
export const isBelow = (path: string, prefix: string): boolean =>
  path.startsWith(prefix) && (path.length === prefix.length || path.charCodeAt(prefix.length) === 0x2f);

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
    if (!isBelow(path, stripPrefix)) throw notFound();
    const rewritten = addPrefix + path.slice(length);
    return rewritten === '' ? '/' : rewritten;
  };
}
