import type { ReactNode } from 'react';

/** Scrolls what is wider than the page, and is reached by keys. */
export function ScrollBox({
  label,
  tall = false,
  children,
}: {
  label: string;
  tall?: boolean;
  children: ReactNode;
}) {
  return (
    <section
      className={`tw-scroll-x${tall ? ' tw-claim-scroll' : ''}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: who has only keys must be able to scroll it
      tabIndex={0}
      aria-label={label}
    >
      {children}
    </section>
  );
}
