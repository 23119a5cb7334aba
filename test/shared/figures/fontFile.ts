import { readFileSync } from 'node:fs';

/** Advance of every character asked for, in 1/2048 em, read from a TrueType file (tables cmap format 4 and hmtx). */
export function advancesOf(path: string, characters: readonly string[]): (number | null)[] {
  const font = readFileSync(path);
  const tables = new Map<string, number>();
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const at = 12 + 16 * i;
    tables.set(font.toString('latin1', at, at + 4), font.readUInt32BE(at + 8));
  }
  const unitsPerEm = font.readUInt16BE(tables.get('head')! + 18);
  const longMetrics = font.readUInt16BE(tables.get('hhea')! + 34);
  const glyphOf = unicodeMap(font, tables.get('cmap')!);
  return characters.map((character) => {
    const glyph = glyphOf(character.codePointAt(0)!);
    if (glyph === 0) return null;
    const at = tables.get('hmtx')! + 4 * Math.min(glyph, longMetrics - 1);
    return Math.round((font.readUInt16BE(at) * 2048) / unitsPerEm);
  });
}

function unicodeMap(font: Buffer, cmap: number): (code: number) => number {
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const table = cmap + font.readUInt32BE(cmap + 4 + 8 * i + 4);
    if (font.readUInt16BE(cmap + 4 + 8 * i) === 3 && font.readUInt16BE(table) === 4)
      return format4(font, table);
  }
  throw new Error('the font has no Windows Unicode map of format 4');
}

function format4(font: Buffer, table: number): (code: number) => number {
  const doubled = font.readUInt16BE(table + 6);
  const ends = table + 14;
  const starts = ends + doubled + 2;
  return (code) => {
    for (let s = 0; s < doubled; s += 2) {
      if (font.readUInt16BE(ends + s) < code) continue;
      const start = font.readUInt16BE(starts + s);
      if (start > code) return 0;
      const delta = font.readUInt16BE(starts + doubled + s);
      const offsetAt = starts + 2 * doubled + s;
      const offset = font.readUInt16BE(offsetAt);
      if (offset === 0) return (code + delta) & 0xffff;
      const glyph = font.readUInt16BE(offsetAt + offset + 2 * (code - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
