import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { BundleOptionsInput, BundlePreview } from '../../../shared/bundle';
import { useReady } from '../../lab/session';
import { whenLoud } from '../../state/quiet';

/** The lab is asked when nothing was changed for so long. */
const pauseMs = 400;
const key = ['bundles', 'preview'];
/** What a preview counts. */
const counted: ReadonlySet<string> = new Set(['runs', 'experiments', 'claims', 'models', 'accuracies']);

/**
 * What a bundle with these options would hold. The last answer stays until the next one comes, so that nothing jumps
 * while somebody types. @param options null: there is nothing to ask (nothing selected, a field is wrong)
 * @param enabled false while something is measured: counting would disturb it
 */
export function useBundlePreview(
  options: BundleOptionsInput | null,
  enabled: boolean,
): { preview: BundlePreview | null; failure: unknown; stale: boolean; again(): void } {
  const { lab } = useReady();
  const queries = useQueryClient();
  const now = options === null ? null : JSON.stringify(options);
  const [asked, setAsked] = useState<string | null>(null);
  useEffect(() => {
    if (now === null || now === asked) return;
    let gone = false;
    const timer = window.setTimeout(
      () => whenLoud('bundle preview', () => gone || setAsked(now)),
      asked === null ? 0 : pauseMs,
    );
    return () => {
      gone = true;
      window.clearTimeout(timer);
    };
  }, [now, asked]);
  useEffect(
    () =>
      lab.onEvent((event) => {
        if (event.type === 'experimentEnded' || (event.type === 'changed' && counted.has(event.what)))
          whenLoud('bundle preview again', () => void queries.invalidateQueries({ queryKey: key }));
      }),
    [lab, queries],
  );
  // What was refused because of other work, or of a measurement, may be there now.
  useEffect(() => {
    if (enabled)
      void queries.invalidateQueries({
        queryKey: key,
        predicate: ({ state }) => (state.data as BundlePreview | undefined)?.refusal != null,
      });
  }, [enabled, queries]);
  const { data, error, isFetching, isPlaceholderData, refetch } = useQuery({
    queryKey: [...key, asked],
    queryFn: () => lab.previewBundle(JSON.parse(asked!) as BundleOptionsInput),
    enabled: enabled && asked !== null,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
  const mine = asked === now && !isPlaceholderData && !isFetching;
  return { preview: data ?? null, failure: mine ? error : null, stale: !mine, again: () => void refetch() };
}
