import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signatureBytes = 8;
const mostColours = 256;

/** A picture as rows of packed colours (`0xRRGGBB`), without transparency. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly colours: Uint32Array;
}

/** Writes a PNG of a screen again with a palette of 256 of its colours, which makes it a third of its size. */
export function smallerPng(png: Buffer): Buffer {
  const { width, height, colours } = decode(png);
  const palette = chosenColours(colours);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const colour = colours[y * width + x] ?? 0;
      const place = places.get(colour) ?? nearest(palette, colour);
      places.set(colour, place);
      rows[y * (width + 1) + x + 1] = place;
    }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // 8 bits, palette, no interlacing.
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    png.subarray(0, signatureBytes),
    chunkOf('IHDR', head),
    chunkOf('PLTE', Buffer.from(palette.flatMap(channelsOf))),
    chunkOf('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunkOf('IEND', Buffer.alloc(0)),
  ]);
}

const channelsOf = (colour: number): number[] => [colour >> 16, (colour >> 8) & 255, colour & 255];

/**
 * The most frequent colour of each part of the colour space first, so that the few pixels of a red or violet word keep their
 * colour; then the most frequent ones of all.
 */
function chosenColours(colours: Uint32Array): number[] {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].sort(([, one], [, other]) => other - one).map(([colour]) => colour);
  const parts = new Map<number, number>();
  for (const colour of byCount) {
    const part = colour & 0xe0e0e0;
    if (!parts.has(part)) parts.set(part, colour);
  }
  return [...new Set([...parts.values(), ...byCount])].slice(0, mostColours);
}

function nearest(palette: readonly number[], colour: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [place, each] of palette.entries()) {
    const red = (each >> 16) - (colour >> 16);
    const green = ((each >> 8) & 255) - ((colour >> 8) & 255);
    const blue = (each & 255) - (colour & 255);
    const distance = red * red + green * green + blue * blue;
    if (distance < least) [best, least] = [place, distance];
  }
  return best;
}

/** Decodes a PNG of 8 bits a channel, as the browser writes it. */
function decode(png: Buffer): Picture {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const step = png[25] === 6 ? 4 : 3;
  const pixels: Buffer[] = [];
  for (let at = signatureBytes; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      pixels.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const data = inflateSync(Buffer.concat(pixels));
  const length = width * step;
  const colours = new Uint32Array(width * height);
  let above = Buffer.alloc(length);
  for (let y = 0; y < height; y += 1) {
    const start = y * (length + 1);
    const row = data.subarray(start + 1, start + 1 + length);
    unfilter(data[start] ?? 0, row, above, step);
    for (let x = 0; x < width; x += 1) colours[y * width + x] = row.readUIntBE(x * step, 3);
    above = row;
  }
  return { width, height, colours };
}

/** Undoes the filter of a row in place: 1 left, 2 above, 3 their average, 4 Paeth. */
function unfilter(filter: number, row: Buffer, above: Buffer, step: number): void {
  if (filter === 0) return;
  for (let at = 0; at < row.length; at += 1) {
    const left = at < step ? 0 : (row[at - step] ?? 0);
    const up = above[at] ?? 0;
    let guess = up;
    if (filter === 1) guess = left;
    else if (filter === 3) guess = (left + up) >> 1;
    else if (filter === 4) guess = paeth(left, up, at < step ? 0 : (above[at - step] ?? 0));
    row[at] = ((row[at] ?? 0) + guess) & 255;
  }
}

function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function chunkOf(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, sum]);
}
