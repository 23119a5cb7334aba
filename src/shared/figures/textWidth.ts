import { type Advances, boldAdvances, otherCharacters, regularAdvances } from './advances';

const unitsPerEm = 2048;
/** Room for fonts that run a little wider than the table. Source: docs/figures.md, 3.9. */
const margin = 1.05;
/** Width of a character outside the table: a full-width sign and a little more. */
const unknownAdvance = 2700;

const others = new Map([...otherCharacters].map((character, index) => [character, index]));

function advance(table: Advances, character: string): number {
  const code = character.codePointAt(0)!;
  if (code >= 0x20 && code <= 0x7e) return table.ascii[code - 0x20]!;
  if (code >= 0xa0 && code <= 0xff) return table.latin1[code - 0xa0]!;
  const index = others.get(character);
  return index === undefined ? unknownAdvance : table.others[index]!;
}

/** Upper bound of the width of one line in the figure's fonts, in the unit of `size`. */
export function textWidth(text: string, size: number, bold = false): number {
  const table = bold ? boldAdvances : regularAdvances;
  let units = 0;
  for (const character of text) units += advance(table, character);
  return (units / unitsPerEm) * size * margin;
}

/** The text cut to `width` with '…' at its end; unchanged where it fits. */
export function ellipsize(text: string, size: number, width: number, bold = false): string {
  if (textWidth(text, size, bold) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size, bold) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Lines no wider than `width`; breaks at spaces, inside a word only where the word alone is too wide. */
export function wrap(text: string, size: number, width: number, bold = false): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((w) => pieces(w, size, width, bold))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || textWidth(longer, size, bold) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === '' ? lines : [...lines, line];
}

function pieces(word: string, size: number, width: number, bold: boolean): string[] {
  if (textWidth(word, size, bold) <= width) return [word];
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (part !== '' && textWidth(part + character, size, bold) > width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}

/**
 * Text that is safe in an XML file and reads in one direction: control characters, lone surrogates and
 * direction overrides become '\uFFFD'. Names of models are hostile input.
 */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\uFFFD');
}
