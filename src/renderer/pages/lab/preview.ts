import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { PlanPreview } from '../../../shared/contract';
import type { Plan } from '../../../shared/plan';
import { useReady } from '../../lab/session';
import { whenLoud } from '../../state/quiet';

const pauseMs = 300;

/** What the plan would do, asked a moment after the last change and never inside a window. */
export function usePreview(plan: Plan | null): { preview: PlanPreview | null; failure: unknown } {
  const { lab } = useReady();
  const key = plan === null ? null : JSON.stringify(plan);
  const [asked, setAsked] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    const timer = window.setTimeout(() => whenLoud('plan preview', () => gone || setAsked(key)), pauseMs);
    return () => {
      gone = true;
      window.clearTimeout(timer);
    };
  }, [key]);
  // Under 'models', so that it is asked again when a model comes or goes.
  const { data, error } = useQuery({
    queryKey: ['models', 'preview', asked],
    queryFn: () => lab.previewPlan({ plan: JSON.parse(asked!) as Plan }),
    enabled: asked !== null,
    gcTime: 0,
  });
  const mine = asked === key && key !== null;
  return { preview: mine ? (data ?? null) : null, failure: mine ? error : null };
}
