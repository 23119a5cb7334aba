/** Reads RFC 4180 back, written from its grammar and not from the writer. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') {
      for (i++; !(text[i] === '"' && text[i + 1] !== '"'); i++) {
        cell += text[i];
        if (text[i] === '"') i++;
      }
    } else if (text[i] === ',') {
      record.push(cell);
      cell = '';
    } else if (text[i] === '\r') {
      i++;
      records.push([...record, cell]);
      record = [];
      cell = '';
    } else cell += text[i];
  }
  return records;
}
