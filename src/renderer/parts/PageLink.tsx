import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { go, hashOfView, type View } from '../state/view';

/** A link to another page of the lab. */
export function PageLink({ to, children }: { to: View; children: ReactNode }) {
  return (
    <Anchor
      inherit
      href={hashOfView(to)}
      onClick={(event) => {
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </Anchor>
  );
}
