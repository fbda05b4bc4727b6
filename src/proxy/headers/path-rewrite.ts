import { notFound } from '../../errors.ts';

/**
 * The path for the backend: everything but the prefixes stays byte for byte what was sent, because that is what was
 * authorised. Throws `NOT_FOUND` for a path that is not below `stripPrefix`.
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
