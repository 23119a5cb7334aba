import Table from 'cli-table3';
import type { Failure } from '../../../shared/errors';
import { hasColors, pc } from './colors';

/** Where a command's words go: tables on a terminal, plain tab-separated lines in a pipe, one JSON document with --json. */
export interface Output {
  readonly json: boolean;
  readonly tty: boolean;
  /** A sentence for a person; silent with --json. */
  say(text?: string): void;
  /** A table; in a pipe one line per row, cells separated by tabs, the header first. */
  table(head: readonly string[], rows: readonly (readonly string[])[], right?: readonly number[]): void;
  /** The answer as data: printed only with --json. */
  data(value: unknown): void;
  /** To standard error: what went wrong and what to do. */
  refuse(failure: Failure): void;
  warn(text: string): void;
}

export interface Streams {
  out: NodeJS.WritableStream & { isTTY?: boolean };
  err: NodeJS.WritableStream & { isTTY?: boolean };
}

export function createOutput(
  json: boolean,
  { out, err }: Streams = { out: process.stdout, err: process.stderr },
): Output {
  const tty = out.isTTY === true;
  const line = (text: string) => out.write(`${text}\n`);
  return {
    json,
    tty,
    say(text = '') {
      if (!json) line(text);
    },
    table(head, rows, right = []) {
      if (json) return;
      if (!tty) {
        for (const row of [head.map((h) => h.replace('\n', ' ')), ...rows]) line(row.map(oneLine).join('\t'));
        return;
      }
      const table = new Table({
        head: head.map((h) => pc.bold(h)),
        colAligns: head.map((_, i) => (right.includes(i) ? 'right' : 'left')),
        style: { head: [], border: hasColors ? ['dim'] : [] },
        chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
      });
      for (const row of rows) table.push(row.map(oneLine));
      line(table.toString());
    },
    data(value) {
      if (json) line(JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? v.toString() : v), 2));
    },
    refuse({ kind, message, remedy }) {
      if (json) {
        err.write(`${JSON.stringify({ error: { kind, message, remedy } })}\n`);
        return;
      }
      err.write(`${pc.red('Error:')} ${message}\n`);
      if (remedy) err.write(`       ${remedy}\n`);
    },
    warn(text) {
      if (!json) err.write(`${pc.yellow('Note:')} ${text}\n`);
    },
  };
}

/** Model and tensor names are foreign text: control characters must not move the cursor or start a new line. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\u00b7');
}
