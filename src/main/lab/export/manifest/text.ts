/** JSON as all manifests write it: two-space indent, keys in the order given, LF, final newline, no lone surrogates. */
export function jsonText(value: unknown): string {
  const wellFormed = (_: string, each: unknown) => (typeof each === 'string' ? each.toWellFormed() : each);
  return `${JSON.stringify(value, wellFormed, 2)}\n`;
}

/** What would turn the order of other people's text around: marks, embeddings, overrides, isolates. */
const bidiControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text of other people on one line: control characters and line breaks are spaces, nothing turns the order around. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(bidiControls, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/** Text of other people inside a Markdown paragraph or table cell: shows as it is, on one line. Source: CommonMark 0.31, 2.4. */
export function mdText(text: string): string {
  return (
    oneLine(text)
      .replace(/[\\`*_[\]|~#$]/g, '\\$&')
      .replace(/^[-+>=]/, '\\$&')
      .replace(/^(\d+)([.)](\s|$))/, '$1\\$2')
      // Bare addresses become links in many readers.
      .replace(/\b(https?|ftp):/gi, '$1\\:')
      .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}\\.`)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('@', '&#64;')
  );
}

/** A Markdown table; its cells are Markdown. */
export const mdTable = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** A name of the product's own as Markdown code. */
export const mdCode = (text: string): string => `\`${text.replaceAll('`', "'")}\``;

/**
 * A double-quoted YAML scalar; whatever is no plain visible character is escaped, so that YAML 1.1 and 1.2 read the same.
 * Source: YAML 1.2.2, 5.7 and 7.3.1.
 */
export function yamlText(text: string): string {
  const escaped = text
    .toWellFormed()
    .replace(/["\\]/g, '\\$&')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u00a0]/gu, (c) => {
      const code = c.codePointAt(0)!;
      return code > 0xffff ? `\\U${hex(code, 8)}` : code > 0xff ? `\\u${hex(code, 4)}` : `\\x${hex(code, 2)}`;
    });
  return `"${escaped}"`;
}

const hex = (code: number, digits: number) => code.toString(16).toUpperCase().padStart(digits, '0');

/** Text inside a BibTeX value in braces: TeX's own characters are escaped. */
export function bibText(text: string): string {
  const own: Record<string, string> = {
    '\\': '\\textbackslash{}',
    '~': '\\textasciitilde{}',
    '^': '\\textasciicircum{}',
  };
  return oneLine(text).replace(/[\\{}$&#%_~^]/g, (c) => own[c] ?? `\\${c}`);
}
