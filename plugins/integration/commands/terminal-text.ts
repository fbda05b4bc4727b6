/** Characters that a terminal obeys, or that change the order or the look of a text: controls, marks of direction, line ends. */
const unsafe = /[\p{C}\p{Zl}\p{Zp}]/gu;
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const mark = /^\p{M}$/u;

const escaped = (character: string): string =>
  [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');

/** A text from outside for a terminal, in one line: characters that are not printable become escapes such as `\u001b`. */
export const printable = (text: string): string => text.replace(unsafe, escaped);

/** Columns that a terminal needs for a character. */
const widthOf = (character: string): number => (mark.test(character) ? 0 : wide.test(character) ? 2 : 1);

/** The text as printable characters in exactly so many columns: filled with spaces, or cut and ended by `…`. */
export function inColumns(text: string, columns: number): string {
  const characters = [...printable(text)];
  const total = characters.reduce((sum, character) => sum + widthOf(character), 0);
  if (total <= columns) return characters.join('') + ' '.repeat(columns - total);
  let kept = '';
  let width = 0;
  for (const character of characters) {
    if (width + widthOf(character) > columns - 1) break;
    kept += character;
    width += widthOf(character);
  }
  return `${kept}…${' '.repeat(columns - 1 - width)}`;
}

/** Cells side by side, each with its number of columns, two spaces apart. */
export const toLine = (cells: readonly (readonly [text: string, columns: number])[]): string =>
  cells
    .map(([text, columns]) => inColumns(text, columns))
    .join('  ')
    .trimEnd();
