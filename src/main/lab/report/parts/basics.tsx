import { Fragment, type ReactElement, type ReactNode } from 'react';
import type { ReasonCode } from '../../../../shared/reasons';
import type { Verdict } from '../../../../shared/run';
import { type Shown, verdictWords } from '../words';

/** A reason code that may break between its words, linked to where it is explained. */
export function Code({ code }: { code: ReasonCode }): ReactElement {
  const [first, ...rest] = code.split('_');
  return (
    <a href={`#code-${code}`} className="mono">
      {first}
      {rest.map((word, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: words of a code have no other name
        <Fragment key={i}>
          <wbr />_{word}
        </Fragment>
      ))}
    </a>
  );
}

export function Codes({ codes }: { codes: readonly ReasonCode[] }): ReactElement {
  return (
    <>
      {codes.map((code, i) => (
        <Fragment key={code}>
          {i > 0 && ', '}
          <Code code={code} />
        </Fragment>
      ))}
    </>
  );
}

/** A value over its interval, or the word and the code why there is none. */
export function Value({ of }: { of: Shown }): ReactElement {
  if (of.kind === 'value')
    return (
      <>
        <span className="w">{of.value}</span>
        {of.interval !== null && (
          <>
            {' '}
            <span className="w">({of.interval})</span>
          </>
        )}
      </>
    );
  return (
    <span className="why">
      {of.code === null ? (
        of.word
      ) : (
        <>
          <span className="w">{of.word}:</span> <Code code={of.code} />
        </>
      )}
    </span>
  );
}

export function VerdictOf({
  name,
  verdict,
  codes,
}: {
  name: string;
  verdict: Verdict;
  codes: readonly ReasonCode[];
}) {
  return (
    <div>
      {name}: <span className={verdict}>{verdictWords[verdict]}</span>
      {codes.length > 0 && (
        <>
          {' '}
          (<Codes codes={codes} />)
        </>
      )}
    </div>
  );
}

/** Scrolls what is wider than the screen, and is reached by keys; on paper it is plain. */
export function Scroll({ label, children }: { label: string; children: ReactNode }): ReactElement {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of one table is no set of fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has only keys must be able to scroll it
    <div className="scroll" role="group" tabIndex={0} aria-label={label}>
      {children}
    </div>
  );
}

/** Names and values; several columns where several things are told beside each other. */
export function Facts({
  caption,
  rows,
  heads,
}: {
  caption: string;
  rows: readonly (readonly [name: string, ...values: ReactNode[]])[];
  /** Column heads where there is more than one column of values. */
  heads?: readonly string[];
}): ReactElement {
  return (
    <Scroll label={caption}>
      <table className="facts">
        <caption>{caption}</caption>
        {heads && (
          <thead>
            <tr>
              <th scope="col">What</th>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map(([name, ...values]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {values.map((value, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns are those of the heads
                <td key={i}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

export interface Column {
  title: string;
  number?: boolean;
  /** Names and sums, which may be long: they break anywhere. */
  long?: 'name' | 'sum';
}

const classOf = (column: Column | undefined) => (column?.number ? 'n' : column?.long);

/** Rows as they come; the first cell of each names it. */
export function Table({
  caption,
  columns,
  rows,
  className = 'columns',
}: {
  caption: ReactNode;
  columns: readonly Column[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
  className?: string;
}): ReactElement {
  const label = typeof caption === 'string' ? caption : columns.map((c) => c.title).join(', ');
  return (
    <Scroll label={label}>
      <table className={className}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" className={column.number ? 'n' : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, i) =>
                i === 0 ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns are those of the head
                  <th key={i} scope="row" className={classOf(columns[i])}>
                    {cell}
                  </th>
                ) : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns are those of the head
                  <td key={i} className={classOf(columns[i])}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
