/** `NODE_OPTIONS` of a program that takes itself for another version of Node.js. */
export function asNode(version: string): string {
  const code = `Object.defineProperty(process, 'version', { value: 'v${version}' })`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}
