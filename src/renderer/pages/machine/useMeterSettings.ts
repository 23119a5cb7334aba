import { notifications } from '@mantine/notifications';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useReady } from '../../lab/session';
import { refuse } from '../../shell/toasts';
import type { Deed } from '../../state/undo';
import { perform } from '../../state/undo';

/** Wall meters and calibrations of the lab; asked again when its settings change. */
export function useMeterSettings() {
  const { lab } = useReady();
  return useQuery({ queryKey: ['settings', 'meters'], queryFn: () => lab.listMeters({}) });
}

/** Does something to the meters that can be undone, says so, and has the machine looked at again. */
export function useMeterDeed(): (deed: Deed) => Promise<boolean> {
  const queries = useQueryClient();
  return async (deed) => {
    const again = () => void queries.invalidateQueries({ queryKey: ['machine'] });
    try {
      await perform({
        label: deed.label,
        redo: () => deed.redo().finally(again),
        undo: () => deed.undo().finally(again),
      });
      notifications.show({ message: `${deed.label}. Ctrl+Z takes it back.` });
      return true;
    } catch (thrown) {
      refuse(thrown);
      return false;
    }
  };
}
