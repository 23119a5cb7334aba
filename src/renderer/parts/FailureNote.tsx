import { Alert, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { failureOf } from '../../shared/errors';

/** Paths and hashes have no place to break at. */
const whole = { overflowWrap: 'anywhere' } as const;

/** A refusal as the lab words it: what happened, then what to do. Children: buttons that do it. */
export function FailureNote({ failure, children }: { failure: unknown; children?: ReactNode }) {
  const { message, remedy } =
    typeof failure === 'object' &&
    failure !== null &&
    'kind' in failure &&
    'message' in failure &&
    !(failure instanceof Error)
      ? (failure as { message: string; remedy?: string | null })
      : failureOf(failure);
  return (
    <Alert color="red" variant="light" role="alert" p="xs">
      <Text size="sm" fw={600} style={whole}>
        {message}
      </Text>
      {remedy && (
        <Text size="sm" style={whole}>
          {remedy}
        </Text>
      )}
      {children}
    </Alert>
  );
}
