import { extname } from 'node:path';

const text = (type: string): string => `${type}; charset=utf-8`;

const types: Readonly<Record<string, string>> = {
  '.html': text('text/html'),
  '.js': text('text/javascript'),
  '.mjs': text('text/javascript'),
  '.css': text('text/css'),
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.txt': text('text/plain'),
  '.md': text('text/markdown'),
  '.xml': text('application/xml'),
  '.svg': text('image/svg+xml'),
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.otf': 'font/otf',
  '.pdf': 'application/pdf',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
};

/** The media type of a file by its name; browsers download a file of another kind. */
export const mediaTypeOf = (name: string): string => types[extname(name).toLowerCase()] ?? 'application/octet-stream';

/** Whether the last part of a path is the name of a file, `logo.svg` or `logo@2x.png`, and not an e-mail address. */
export const isFileName = (path: string): boolean => /\.[a-z0-9]{1,11}$/i.test(path) && !/@(?!\dx\.)[^/]*$/i.test(path);

/** The part of a name that may be a hash of the content: `index-B3x_9Qab.js`, `main.0f31c2a9d4.chunk.css`. */
const vitePart = /[-.]([\w-]{8})\.[a-z0-9.]+$/;
const hexPart = /[-.]([0-9a-f]{8,64})\./;

/**
 * Whether a file has a hash of its content in its name, so that browsers never ask for it again: the eight characters of Vite below a
 * folder `assets`, or eight or more hexadecimal digits anywhere. A word is no hash: a hash has a digit or an upper-case letter in
 * its middle, and hexadecimal digits have both letters and decimal digits.
 */
export function hasContentHash(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [, hex = ''] = hexPart.exec(name) ?? [];
  if (/\d/.test(hex) && /[a-f]/.test(hex)) return true;
  const [, part = ''] = vitePart.exec(name) ?? [];
  return /(?:^|\/)assets\//.test(path) && /\d|.[A-Z]/.test(part);
}
