import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { followKey, ReadyContext, startSession, useSession } from './lab/session';
import { NoLab } from './shell/NoLab';
import { Shell } from './shell/Shell';
import { useSettings } from './state/settings';
import { theme } from './styles/theme';

let started = false;

/** The page: colours, then the connection, then the shell with its pages. */
export function App() {
  const { session } = useSession();
  const colorScheme = useSettings((s) => s.colorScheme);
  const reduceMotion = useSettings((s) => s.reduceMotion);
  useEffect(() => {
    if (started) return;
    started = true;
    followKey();
    void startSession();
  }, []);
  useEffect(() => {
    document.documentElement.toggleAttribute('data-reduce-motion', reduceMotion);
  }, [reduceMotion]);
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      forceColorScheme={colorScheme === 'auto' ? undefined : colorScheme}
    >
      {session.phase === 'ready' ? (
        <Connected key={session.generation} session={session} />
      ) : (
        <NoLab session={session} />
      )}
    </MantineProvider>
  );
}

function Connected({
  session,
}: {
  session: Extract<ReturnType<typeof useSession.getState>['session'], { phase: 'ready' }>;
}) {
  const { lab, door, info } = session;
  const ready = useMemo(() => ({ lab, door, info }), [lab, door, info]);
  // Answers of the service change only when it says so; nothing is asked again on a timer or on focus.
  const queries = useMemo(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            staleTime: Number.POSITIVE_INFINITY,
            retry: false,
            refetchOnWindowFocus: false,
            networkMode: 'always',
          },
          mutations: { networkMode: 'always' },
        },
      }),
    [],
  );
  return (
    <QueryClientProvider client={queries}>
      <ReadyContext.Provider value={ready}>
        <Shell problem={session.problem} />
      </ReadyContext.Provider>
    </QueryClientProvider>
  );
}
