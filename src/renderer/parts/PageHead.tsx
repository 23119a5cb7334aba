import type { ReactNode } from 'react';

/** Heading of a page: what it is, a few words beside it, and its actions at the right (the primary one last). */
export function PageHead({
  title,
  note,
  children,
}: {
  title: ReactNode;
  note?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <header className="tw-page-head">
      <h1>{title}</h1>
      {note && <span className="tw-muted">{note}</span>}
      <span className="tw-grow" />
      {children}
    </header>
  );
}
