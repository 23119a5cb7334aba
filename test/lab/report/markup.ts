/** Reads back the markup of a report: static, made by React, so that a few patterns are enough. */

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'" };

/** What a person reads of a piece of markup. */
export const textOf = (markup: string): string =>
  markup
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#x27);/g, (_, name: string) => entities[name]!)
    .replaceAll('\u00a0', ' ');

/** The section with this id, without the others. */
export function sectionOf(html: string, id: string): string {
  const at = html.indexOf(`<section aria-labelledby="${id}"`);
  return html.slice(at, html.indexOf('</section>', at));
}

export interface TableRow {
  cells: string[];
  markup: string;
}

/** Tables of a piece of markup, with their captions. */
export function tablesOf(markup: string): { caption: string; head: string[]; rows: TableRow[] }[] {
  return [...markup.matchAll(/<table.*?<\/table>/gs)].map(([table]) => ({
    caption: textOf(/<caption>(.*?)<\/caption>/s.exec(table)?.[1] ?? ''),
    head: [...table.matchAll(/<th [^>]*scope="col"[^>]*>(.*?)<\/th>/gs)].map((m) => textOf(m[1]!)),
    rows: [...(/<tbody>(.*?)<\/tbody>/s.exec(table)?.[1] ?? '').matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(
      (m) => ({
        markup: m[1]!,
        cells: [...m[1]!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map((c) => textOf(c[1]!)),
      }),
    ),
  }));
}
