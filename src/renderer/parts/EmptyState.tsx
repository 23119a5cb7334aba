import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** What a page shows where it has nothing to show: one sentence, and an action that works. */
export function EmptyState({
  title,
  text,
  children,
}: {
  title: string;
  text?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <Stack align="center" justify="center" gap="xs" py={48} px="md" style={{ flex: 1 }}>
      <Text fw={600} size="lg">
        {title}
      </Text>
      {text && (
        <Text className="tw-muted" ta="center" maw={520} size="sm">
          {text}
        </Text>
      )}
      {children}
    </Stack>
  );
}
