import { Button, Center, Code, Loader, Stack, Text } from '@mantine/core';
import type { Session } from '../lab/session';

/** The page without a lab: connecting, or why it cannot. */
export function NoLab({ session }: { session: Exclude<Session, { phase: 'ready' }> }) {
  return (
    <Center h="100%" component="main">
      <Stack align="center" gap="sm" maw={520} px="md">
        {session.phase === 'connecting' ? (
          <>
            <Loader size="sm" aria-hidden="true" />
            <Text role="status">Opening the lab …</Text>
          </>
        ) : (
          <>
            <Text component="h1" fw={650} size="lg">
              The lab cannot be reached
            </Text>
            <Text role="alert" ta="center">
              {session.message
                .split('`')
                .map((part, i) => (i % 2 === 0 ? part : <Code key={part}>{part}</Code>))}
            </Text>
            {session.mayRetry && (
              <Button variant="default" onClick={() => window.location.reload()}>
                Try again
              </Button>
            )}
          </>
        )}
      </Stack>
    </Center>
  );
}
